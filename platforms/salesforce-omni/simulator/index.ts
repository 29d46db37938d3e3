// A simulated Salesforce org: OAuth, the part of the core REST API that routing needs, and Omni-Channel with agents
// who accept, decline or let it ring. See ../README.md.
export { connectControl } from './control';
export type { OmniControl } from './control';
export { startOmniSimulator } from './server';
export type { OmniSimulator, SimulatorOptions } from './server';
export { DEMO_APP, DEMO_ORG, DEMO_USER } from './simulation';
export type { OrgSpec } from './simulation';
export { NAMES } from './org';
