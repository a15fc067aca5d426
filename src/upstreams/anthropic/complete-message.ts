import { isObject, type Json } from '../../base/json.ts'
import { emptyMessage } from '../../messages/empty-message.ts'
import { noUsage, toFinalUsage, toTokenCount } from '../../messages/usage.ts'
import type { FinalUsage } from '../../wire/anthropic/events.ts'
import type { Message, Usage } from '../../wire/anthropic/response.ts'

/** Adds the members that readers of responses rely on; servers that imitate Anthropic's API leave some out. */

const countNames = [
  'input_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'output_tokens',
] as const satisfies readonly (keyof Usage)[]

/** The reported figures over the known ones: those of a stream are cumulative (AU-N13). */
const withFigures = <Known extends FinalUsage>(known: Known, reported: unknown): Known => {
  if (!isObject(reported)) return known
  const present = Object.entries(reported).filter(([, value]) => value !== null)
  const counts = countNames.filter((name) => name in reported && reported[name] !== null)
  return {
    ...known,
    ...Object.fromEntries(present),
    ...Object.fromEntries(counts.map((name) => [name, toTokenCount(reported[name])])),
  }
}

/** Members that this program does not know stay. */
export const toCompleteMessage = (message: Json): Message => ({
  ...emptyMessage('', '', noUsage),
  ...message,
  usage: withFigures(noUsage, message['usage']),
})

/** The figures at a stream's end: those of `message_delta` over those of `message_start`. */
export const toEndUsage = (atStart: Usage, reported: unknown): FinalUsage =>
  withFigures(toFinalUsage(atStart), reported)
