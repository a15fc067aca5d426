import type { Static } from '@sinclair/typebox'
import { Closed } from '../schema.ts'
import { ConverseRequest } from './request.ts'

/**
 * The body of `POST /model/{modelId}/count-tokens`: the parts of a Converse request that the model reads.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html
 */

const { messages, system, toolConfig, additionalModelRequestFields } = ConverseRequest.properties

export const CountTokensInput = Closed({
  input: Closed({ converse: Closed({ messages, system, toolConfig, additionalModelRequestFields }) }),
})
export type CountTokensInput = Static<typeof CountTokensInput>
