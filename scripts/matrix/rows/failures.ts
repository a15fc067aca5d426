import { silence } from '../../e2e/cases/failures.ts'
import { cases } from '../../e2e/cases.ts'
import { caseNamed, type Row, withChecks } from '../row.ts'

/** Refusals and failures of Nexus. */

const named = (name: string) => caseNamed(cases, name)

export const compactionRow: Row = {
  id: 'compaction_by_words',
  name: 'Compaction when the window is full',
  group: 'ours',
  what: 'Fills the context window: the client compacts the conversation by itself, and goes on.',
  cases: () =>
    ['Input is too long for requested model.', 'prompt is too long: 210000 tokens > 200000 maximum'].map((words) =>
      withChecks(
        named(`compaction after "${words}"`),
        'one refused request, one for the summary, and shorter ones after it',
        'the request for the summary has the same tools',
      ),
    ),
}

export const overflowRow: Row = {
  id: 'max_tokens_overflow',
  name: 'Output limit above the window',
  group: 'ours',
  what: 'Refuses the output limit: the client lowers `max_tokens`, and repeats the request.',
  cases: () => [
    withChecks(
      named('a refusal that the client handles: an output limit above the context window'),
      'a request with the large limit is refused',
      'the last one has a smaller limit',
    ),
  ],
}

export const rejectedRow: Row = {
  id: 'rejected_capabilities',
  name: 'Rejected capabilities',
  group: 'ours',
  what: 'Refuses effort, adaptive thinking, cache points and beta flags one after another: the user notices nothing.',
  cases: () => [
    withChecks(
      named('effort, adaptive thinking, cache points and beta flags, all refused'),
      'the accepted requests have none of the refused parts',
      'the second turn begins without the parts that a refusal named',
    ),
  ],
}

const extraSeconds = 60
const silentSeconds = 360

export const silenceRow: Row = {
  id: 'silence_300s',
  name: 'Six minutes of silence',
  group: 'ours',
  what: 'Sends nothing for six minutes, in real time: pings keep the stream open, and the answer arrives.',
  onlyOn: { version: 'newest', nexus: ['strict'], reason: 'takes six minutes of real time' },
  cases: () => [
    {
      ...withChecks(silence, 'one request, which Nexus answers completely'),
      limitSeconds: silentSeconds + extraSeconds,
    },
  ],
}

export const cutRow: Row = {
  id: 'mid_stream_failure',
  name: 'Failure in mid-stream',
  group: 'ours',
  what: 'Cuts an answer after three frames: the client gets one error and repeats the request, and the session goes on.',
  cases: () => [
    withChecks(
      named('an answer that is cut after three frames, and the next turn'),
      'the repeated request has the same messages',
      'the beginning of the broken answer is in no later request',
    ),
  ],
}

export const throttleRow: Row = {
  id: 'throttle_24_agents',
  name: '24 throttled agents',
  group: 'ours',
  what: 'Starts 24 agents at once, and answers the first request of each with 429 and `retry-after`.',
  cases: () => [
    withChecks(
      named('24 agents at once, each throttled at first'),
      'each agent sends two requests: the first one is throttled, the second one is answered',
    ),
  ],
}
