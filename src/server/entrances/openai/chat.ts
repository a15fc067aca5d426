import { Elysia } from 'elysia'
import { responsesToCompletion } from '../../../translate/openai-chat-entrance/from-responses.ts'
import { completionToMessages } from '../../../translate/openai-chat-entrance/request.ts'
import { messageToCompletion } from '../../../translate/openai-chat-entrance/response.ts'
import { jsonBody } from '../../http/json-body.ts'
import { methodNotAllowed } from '../../http/method-not-allowed.ts'
import { completionBody, isResponsesBody } from './body-shape.ts'
import { createChatWriter } from './chat-writer.ts'
import { createModelCalls, type ModelCallOptions, newIdentity } from './model-call.ts'
import { spellingsOf } from './paths.ts'

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
        async ({ body, request, set }) => {
          const { plan, answer } = isResponsesBody(body)
            ? toModelCall({ body, request, set }, responsesToCompletion)
            : toModelCall({ body, request, set }, completionToMessages)
          const identity = newIdentity(options, 'chatcmpl-', idDigits)
          const answered = await answer((requestId) => createChatWriter(plan, identity, requestId))
          return answered instanceof Response ? answered : messageToCompletion(answered, plan, identity)
        },
        jsonBody(options.readJson, completionBody),
      )
      .all(path, methodNotAllowed('POST'))
  }
  return app
}
