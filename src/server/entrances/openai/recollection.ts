import { ThinkingCollector } from '../../../translate/openai-entrance/answer-thinking.ts'
import type { OpenAiContext } from '../../../translate/openai-entrance/context.ts'
import type { Message } from '../../../wire/anthropic/response.ts'
import type { StreamWriter } from '../../http/entrance.ts'
import type { ThinkingMemory } from './thinking-memory.ts'

/** The thinking memory as one request uses it. */
export interface Recollection {
  readonly recall: OpenAiContext['recall']
  /** The model has refused the thinking that this request recalled. */
  forget(): void
  /** Keeps the thinking of a whole answer. */
  message(message: Message): void
  /** Keeps the thinking of the answer that the writer gets: before the client can send its calls back. */
  stream(writer: StreamWriter): StreamWriter
}

const noRecollection: Recollection = {
  recall: () => undefined,
  forget: () => undefined,
  message: () => undefined,
  stream: (writer) => writer,
}

/** `owner`: the client and its model. */
export const createRecollection = (memory: ThinkingMemory | undefined, owner: () => string): Recollection => {
  if (memory === undefined) return noRecollection
  let known: string | undefined
  // Most requests recall nothing and keep nothing: they need no hash.
  const ownerOfThis = (): string => {
    known ??= owner()
    return known
  }
  const recalled: string[] = []
  const keep = ({ result }: ThinkingCollector): void => {
    if (result !== undefined) memory.keep(ownerOfThis(), result)
  }
  return {
    recall(toolCallId, isOf) {
      const thinking = memory.recall(ownerOfThis(), toolCallId, isOf)
      if (thinking !== undefined) recalled.push(toolCallId)
      return thinking
    },
    forget() {
      for (const id of recalled) memory.forget(ownerOfThis(), id)
    },
    message(message) {
      const collector = new ThinkingCollector()
      collector.message(message)
      keep(collector)
    },
    stream(writer) {
      const collector = new ThinkingCollector()
      return {
        ...writer,
        batch(events) {
          if (collector.batch(events)) keep(collector)
          return writer.batch(events)
        },
      }
    },
  }
}
