// The vendor's HTTP services as one table of routes. Whatever is not in it is 404.
import { ADMINISTRATION_ROUTES } from './administration-routes';
import { CONNECTOR_ROUTES } from './connector-routes';
import type { Route } from './http';
import { LOGIN_ROUTES } from './login-routes';
import { METRICS_ROUTES } from './metrics-routes';

/** All routes of the vendor. */
export const VENDOR_ROUTES: readonly Route[] = [
  ...LOGIN_ROUTES,
  ...ADMINISTRATION_ROUTES,
  ...METRICS_ROUTES,
  ...CONNECTOR_ROUTES,
];
