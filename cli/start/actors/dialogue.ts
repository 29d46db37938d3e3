// What user and agent of the relay story say to each other. Both are patient: a line is said once so many lines of the
// other side were read. In the middle each has lines that wait for nothing new, so that both write into the outage.

/** One of the two. */
export type Side = 'user' | 'agent';

/** One line. */
export interface DialogueLine {
  readonly from: Side;
  readonly text: string;
  /** How many lines of the other side come before it. */
  readonly after: number;
}

/** When this one is read, the worker is killed. */
export const KILLED_AT = 'I see it here: a blue teapot.';

/** In the order of a talk without disturbances. */
export const DIALOGUE: readonly DialogueLine[] = [
  { from: 'user', text: 'Hello? My parcel arrived broken.', after: 0 },
  { from: 'agent', text: 'Hello Ada, this is Ann. I am sorry! Which order is it?', after: 1 },
  { from: 'user', text: '4711, from last week.', after: 1 },
  { from: 'agent', text: KILLED_AT, after: 2 },
  { from: 'user', text: 'Yes. The lid is in pieces.', after: 2 },
  { from: 'agent', text: 'I am looking for another one in the store.', after: 2 },
  { from: 'user', text: 'It was a present for my mother.', after: 2 },
  { from: 'agent', text: 'There is one left.', after: 2 },
  { from: 'user', text: 'Her birthday is on Friday.', after: 2 },
  { from: 'agent', text: 'It leaves today and is with you on Thursday.', after: 5 },
  { from: 'user', text: 'Wonderful, thank you!', after: 5 },
  { from: 'agent', text: 'You are welcome. Have a nice day.', after: 6 },
];

/** Lines of one side, in order. */
export function linesOf(side: Side): readonly DialogueLine[] {
  return DIALOGUE.filter(({ from }) => from === side);
}
