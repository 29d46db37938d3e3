// Simulators of the two sides that speak the generic wire format.
export { startGenericDesk, createGenericDeskControl } from './generic-desk';
export type { GenericDesk, GenericDeskControl, GenericDeskOptions, GenericDeskState } from './generic-desk';
export { startBotReceiver, createBotReceiverControl } from './bot-receiver';
export type { BotReceiver, BotReceiverControl, BotReceiverOptions, BotReceiverState } from './bot-receiver';
