// Every route of the gateway, described once: what it takes, what it answers, who may call it. The gateway makes its
// routes from this table and openapi.json is made from it too, so that neither can know one that the other does not.
import { CONVERSATION_ROUTES } from './routes/conversations';
import { ESCALATION_ROUTES } from './routes/escalations';
import { OPERATION_ROUTES } from './routes/operation';
import { SESSION_ROUTES } from './routes/sessions';
import { WEBHOOK_ROUTES } from './routes/webhooks';

/** Of the API as a whole; within `/v1` only what is compatible changes. */
export const API_VERSION = '1.0.0';

/** The table. */
export const ROUTES = {
  ...ESCALATION_ROUTES,
  ...CONVERSATION_ROUTES,
  ...SESSION_ROUTES,
  ...WEBHOOK_ROUTES,
  ...OPERATION_ROUTES,
};

/** A route of {@link ROUTES}. */
export type RouteName = keyof typeof ROUTES;
