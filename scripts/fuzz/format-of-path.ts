import { anthropicFormat } from '../support/client-formats/anthropic.ts'
import { chatFormat } from '../support/client-formats/chat.ts'
import type { ClientFormat } from '../support/client-formats/format.ts'
import { responsesFormat } from '../support/client-formats/responses.ts'

/** The path decides the format of an answer, and of an error. Clients of this test send no `anthropic-version`. */

const chatPath = /^\/+(?:openai\/)?(?:v1\/+)*chat\/completions(?![^/?])/i
const responsesPath = /^\/+(?:openai\/)?(?:v1\/+)*responses(?![^/?])/i
/** Its errors are the same for both protocols. */
const openAiPath = /^\/+(?:openai|models|v1\/+(?:v1\/+models|completions|embeddings|images))(?![^/?])/i
/** Anthropic's API has these paths, too, and an upstream's own answer is forwarded. */
const sharedPath = /^\/+v1\/+(?:models|files)(?![^/?])/i

const eitherFormat: ClientFormat = {
  ...chatFormat,
  errorFault: (value) => anthropicFormat.errorFault(value) && chatFormat.errorFault(value),
}

/** Some clients escape more than they must. */
const unescaped = (path: string): string => path.replaceAll(/%2f/gi, '/')

export const formatOfPath = (path: string): ClientFormat => {
  const plain = unescaped(path)
  if (responsesPath.test(plain)) return responsesFormat
  if (sharedPath.test(plain)) return eitherFormat
  return chatPath.test(plain) || openAiPath.test(plain) ? chatFormat : anthropicFormat
}

const modelPath = /^(?:\/v1\/messages|(?:\/openai)?(?:\/v1)?\/(?:chat\/completions|responses))$/

/** Whether a POST to the path asks a model. */
export const asksModel = (path: string): boolean => modelPath.test(path)
