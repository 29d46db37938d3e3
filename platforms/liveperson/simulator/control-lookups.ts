// What the control operations have in common: their types, and finding what an input names.
import type { z } from 'zod';
import type { CONTROL_INPUTS, ControlOperation, ControlOutputs } from './control-schema';
import { demand } from './refusal';
import type { Simulation } from './simulation';
import type { Account, Conversation, User } from './world';
import { findUser } from './world';

type Parsed<K extends ControlOperation> = z.output<(typeof CONTROL_INPUTS)[K]>;

/** Every operation over its checked input. */
export type ControlOperations = {
  readonly [K in ControlOperation]: (input: Parsed<K>) => ControlOutputs[K];
};

/** Some of them. */
export type Group<K extends ControlOperation> = Pick<ControlOperations, K>;

/** The account with the id; the first without one. */
export function accountNamed({ world }: Simulation, id: string | undefined): Account {
  const accounts = Object.values(world.accounts);
  const account = id === undefined ? accounts[0] : world.accounts[id];
  demand(account, 404, 'Account does not exist');
  return account;
}

/** The user by any of his names. */
export function userNamed(account: Account, reference: string): User {
  const user = findUser(account, reference);
  demand(user, 404, 'User does not exist');
  return user;
}

/** The conversation and its account. */
export function conversationNamed(
  { world }: Simulation,
  id: string,
): { account: Account; conversation: Conversation } {
  const account = Object.values(world.accounts).find((a) => a.conversations[id] !== undefined);
  const conversation = account?.conversations[id];
  demand(account, 404, 'Conversation does not exist');
  demand(conversation, 404, 'Conversation does not exist');
  return { account, conversation };
}
