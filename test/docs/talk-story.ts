// What every story of a talk keeps: `npm start -- --demo NAME` as a page names it, in which two people write, each in a
// process of their own, the worker is killed between their lines, and the transcripts agree at the end.
import { DIALOGUE, type Side } from '../../cli/start/actors/dialogue';
import { withoutRepeats } from '../../cli/start/actors/without-repeats';
import { playDemo, type DemoStory } from '../support/demo-story';
import { read } from './markdown';

/** A demo, and what is its own. */
export interface TalkStory {
  readonly demo: string;
  /** The page that names its command. */
  readonly page: string;
  /** Of all that is told, in this order. */
  readonly milestones: readonly string[];
  /** The user's platform cannot tell a line that was there: after the kill one may be there twice. */
  readonly mayRepeat?: true;
}

/** Plays the story before all tests of the file, and checks what each of them keeps. Returns what was told. */
export function tellsOfATalk({ demo, page, milestones, mayRepeat }: TalkStory): () => DemoStory {
  let story: DemoStory;

  beforeAll(async () => {
    story = await playDemo(demo);
  }, 150_000);

  it(`is named by ${page}`, () => {
    expect(read(page)).toContain(`\`npm start -- --demo ${demo}\``);
  });

  it('ends well, and says so', () => {
    expect([story.code, story.errors]).toEqual([0, expect.stringContaining('all ready')]);
    expect(story.lines.at(-1)).toMatchObject({ event: 'demo.passed' });
  });

  it('tells what each side writes and reads: exactly what the other wrote, in its order', () => {
    const shown = story.told('user.read');

    expect(story.told('user.wrote')).toEqual(saidBy('user'));
    expect(story.told('agent.read')).toEqual(saidBy('user'));
    expect(story.told('agent.wrote')).toEqual(saidBy('agent'));
    expect(mayRepeat ? withoutRepeats(shown) : shown).toEqual(saidBy('agent'));
  });

  it('passes its milestones in order', () => {
    expect(story.eventsAmong(milestones)).toEqual(milestones);
  });

  return () => story;
}

function saidBy(side: Side): string[] {
  return DIALOGUE.filter(({ from }) => from === side).map(({ text }) => text);
}
