import type { HttpError, Reply, StreamFault } from '../../../src/simulator/reply.ts'
import type { ConverseStopReason } from '../../../src/wire/converse/response.ts'
import type { Break, UpstreamBehaviour } from './row.ts'

/** How a simulator plays a behaviour: all simulators understand the same replies. */

type Fault = Omit<StreamFault, 'afterFrames'>

/** What differs between the providers. */
interface ProviderForm {
  readonly failures: Partial<Record<NonNullable<UpstreamBehaviour['fails']>, HttpError>>
  /** The fault of a stream that is throttled. */
  readonly throttled: Fault
  /** Frames before a later fault. */
  readonly laterFrames: number
}

const stopReasons: Record<NonNullable<UpstreamBehaviour['stops']>, ConverseStopReason> = {
  'at the limit': 'max_tokens',
  'at a stop sequence': 'stop_sequence',
  'to refuse': 'content_filtered',
}

const faults: Record<Exclude<Break, 'throttled'>, Fault> = {
  cut: { kind: 'cut' },
  'cut in an event': { kind: 'cut frame' },
  corrupt: { kind: 'corrupt' },
  reset: { kind: 'reset' },
  silent: { kind: 'hang' },
}

export const createToReply =
  ({ failures, throttled, laterFrames }: ProviderForm) =>
  (behaviour: UpstreamBehaviour): Reply => {
    const { output = [], stops, stopSequence, firstByteDelayMs, eventDelayMs, fails, breaks } = behaviour
    const error = fails && failures[fails]
    const fault = breaks && (breaks.how === 'throttled' ? throttled : faults[breaks.how])
    return {
      content: output,
      pace: {
        deltaCharacters: 4,
        ...(firstByteDelayMs && { firstMs: firstByteDelayMs }),
        ...(eventDelayMs && { frameMs: eventDelayMs }),
      },
      ...(stops && { stopReason: stopReasons[stops] }),
      ...(stopSequence !== undefined && { stopSequence }),
      ...(error && { error }),
      ...(breaks && fault && { fault: { afterFrames: breaks.at === 'first' ? 0 : laterFrames, ...fault } }),
    }
  }
