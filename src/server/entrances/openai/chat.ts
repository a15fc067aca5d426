import { Elysia } from 'elysia'
import { CompletionSteps } from '../../../translate/openai-chat-entrance/chunks.ts'
import { type ChatAnswerPlan, completionToMessages } from '../../../translate/openai-chat-entrance/request.ts'
import { messageToCompletion } from '../../../translate/openai-chat-entrance/response.ts'
import type { AnswerIdentity } from '../../../translate/openai-entrance/answer-identity.ts'
import { CompletionRequest } from '../../../wire/openai-chat/completion-request.ts'
import type { StreamWriter } from '../../http/entrance.ts'
import { jsonBody } from '../../http/json-body.ts'
import { methodNotAllowed } from '../../http/method-not-allowed.ts'
import { toRouteSchema } from '../../http/route-schema.ts'
import { createChunkText, doneText } from './chunk-text.ts'
import { toStreamedError } from './errors.ts'
import { createModelCalls, type ModelCallOptions, newIdentity } from './model-call.ts'
import { spellingsOf } from './paths.ts'

/** One newline: a blank line after a comment makes some clients read an empty event (OE-T5). */
const ping = ': ping\n'

const createWriter = (plan: ChatAnswerPlan, identity: AnswerIdentity, requestId: string): StreamWriter => {
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

const completionBody = toRouteSchema(CompletionRequest)

/** Of a completion's id, as OpenAI writes it. */
const idDigits = 29

/** `POST /v1/chat/completions`, whole or streamed. */
export const chatRoutes = (options: ModelCallOptions) => {
  const toModelCall = createModelCalls(options)
  const app = new Elysia({ name: 'openai-chat', normalize: false })
  for (const path of spellingsOf('/chat/completions')) {
    app
      .post(
        path,
        async (context) => {
          const { plan, answer } = toModelCall(context, completionToMessages)
          const identity = newIdentity(options, 'chatcmpl-', idDigits)
          const answered = await answer((requestId) => createWriter(plan, identity, requestId))
          return answered instanceof Response ? answered : messageToCompletion(answered, plan, identity)
        },
        jsonBody(options.readJson, completionBody),
      )
      .all(path, methodNotAllowed('POST'))
  }
  return app
}
