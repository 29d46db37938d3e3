// What an escalation may cost: exact counts on a real development server, with Baton's worker as it is built. CPU and
// wall-clock are the benchmark's business (npm run bench); no test depends on them.
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { temporal } from '@temporalio/proto';
import { CASES } from '../../bench/cases';
import { countActions, type Counts } from '../../bench/counts';
import { countAlone } from '../../bench/measure';
import { setStage, type Stage } from '../../bench/stage';

const { EventType } = temporal.api.enums.v1;
/** A history names the host in each worker's identity, 11 times here; a name over 8 characters is not Baton's cost. */
const LONG_HOST_BYTES = 11 * Math.max(0, hostname().length - 8);
const DIST = resolve(__dirname, '../../dist');

describe('an escalation with a request of 0.4 kB', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage({ dist: DIST, promptTimers: false, bare: false, log: () => undefined });
  }, 120_000);
  afterAll(() => stage.close());

  const countsOf = async (name: string): Promise<Counts> => {
    const kase = CASES.find((one) => one.name === name);
    if (!kase) throw new Error(`no case ${name}`);
    return countAlone(stage, kase);
  };

  it('costs at most 26 events, 7 actions and 5 kB of history where a human on LivePerson joins', async () => {
    const { events, actions, historyBytes } = await countsOf('liveperson-success');

    expect(events).toBeLessThanOrEqual(26);
    expect(actions).toBeLessThanOrEqual(7);
    expect(historyBytes).toBeLessThanOrEqual(5_000 + LONG_HOST_BYTES);
  });

  it('wakes a worker three times: to plan and delay, to transfer, and to tell the bot', async () => {
    const { workflowTasks } = await countsOf('liveperson-success');

    expect(workflowTasks).toBe(3);
  });

  it('costs one action more on a generic desk, whose answer is a signal and whose deadline a timer', async () => {
    const { events, actions, historyBytes } = await countsOf('webhook-success');

    expect(events).toBeLessThanOrEqual(26);
    expect(actions).toBeLessThanOrEqual(8);
    expect(historyBytes).toBeLessThanOrEqual(5_000 + LONG_HOST_BYTES);
  });

  it('costs at most 30 events, 10 actions and 7.5 kB where the first skill is silent and the fallback answers', async () => {
    const { events, actions, historyBytes } = await countsOf('liveperson-fallback');

    expect(events).toBeLessThanOrEqual(30);
    expect(actions).toBeLessThanOrEqual(10);
    expect(historyBytes).toBeLessThanOrEqual(7_500 + LONG_HOST_BYTES);
  });
});

describe('the count of billable actions', () => {
  const started = { eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED };
  const local = (task: number) => ({
    eventType: EventType.EVENT_TYPE_MARKER_RECORDED,
    markerRecordedEventAttributes: {
      markerName: 'core_local_activity',
      workflowTaskCompletedEventId: task as never,
    },
  });

  it('takes the local activities of one workflow task for one action', () => {
    expect(countActions([started, local(4), local(4), local(10)])).toBe(3);
  });

  it('counts every attempt of an activity', () => {
    const activity = {
      eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED,
      activityTaskStartedEventAttributes: { attempt: 3 },
    };

    expect(countActions([started, activity])).toBe(4);
  });

  it('counts a child workflow twice, and signals, timers, updates and upserts once', () => {
    const once = [
      EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
      EventType.EVENT_TYPE_TIMER_STARTED,
      EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
      EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    ].map((eventType) => ({ eventType }));
    const child = { eventType: EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED };

    expect(countActions([started, child])).toBe(3);
    expect(countActions([started, ...once])).toBe(5);
  });
});
