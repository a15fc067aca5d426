import { CompletionSteps } from '../../../translate/openai-chat-entrance/chunks.ts'
import type { ChatAnswerPlan } from '../../../translate/openai-chat-entrance/request.ts'
import type { AnswerIdentity } from '../../../translate/openai-entrance/answer-identity.ts'
import type { StreamWriter } from '../../http/entrance.ts'
import { createChunkText, doneText } from './chunk-text.ts'
import { toStreamedError } from './errors.ts'

/** One newline: a blank line after a comment makes some clients read an empty event (OE-T5). */
const ping = ': ping\n'

/** Writes a stream of Chat Completions. */
export const createChatWriter = (plan: ChatAnswerPlan, identity: AnswerIdentity, requestId: string): StreamWriter => {
  const steps = new CompletionSteps(plan)
  const chunkText = createChunkText(plan, identity)
  return {
    opening: () => ping,
    ping: () => ping,
    batch(events) {
      let text = ''
      for (const step of steps.batch(events)) text += chunkText(step)
      return events.at(-1)?.type === 'message_stop' ? text + doneText : text
    },
    error: (error) => `data: ${JSON.stringify({ error: toStreamedError(error, requestId) })}\n\n${doneText}`,
  }
}
