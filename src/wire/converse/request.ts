import { type Static, Type } from '@sinclair/typebox'
import { Closed, JsonObject, OneOf } from '../schema.ts'
import { CachePoint, ContentBlock, GuardContent, ToolName } from './content.ts'

/**
 * The body of `POST /model/{modelId}/converse` and `/converse-stream`; the path has the model's id.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */

const NonEmptyString = Type.String({ minLength: 1 })

export const ConverseMessage = Closed({
  role: OneOf('user', 'assistant', 'system'),
  content: Type.Array(ContentBlock),
})
export type ConverseMessage = Static<typeof ConverseMessage>

const SystemBlock = Type.Union([
  Closed({ text: NonEmptyString }),
  Closed({ cachePoint: CachePoint }),
  Closed({ guardContent: GuardContent }),
])

const ConverseTool = Type.Union([
  Closed({
    toolSpec: Closed({
      name: ToolName,
      description: Type.Optional(NonEmptyString),
      inputSchema: Closed({ json: JsonObject }),
      strict: Type.Optional(Type.Boolean()),
    }),
  }),
  Closed({ cachePoint: CachePoint }),
  Closed({ systemTool: Closed({ name: ToolName }) }),
])
export type ConverseTool = Static<typeof ConverseTool>

const ToolConfig = Closed({
  tools: Type.Array(ConverseTool, { minItems: 1 }),
  toolChoice: Type.Optional(
    Type.Union([
      Closed({ auto: Closed({}) }),
      Closed({ any: Closed({}) }),
      Closed({ tool: Closed({ name: ToolName }) }),
    ]),
  ),
})
export type ToolConfig = Static<typeof ToolConfig>

/** Bedrock's limit for `stopSequences`. */
export const maximumStopSequences = 2500

const InferenceConfig = Closed({
  maxTokens: Type.Optional(Type.Integer({ minimum: 1 })),
  temperature: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  topP: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  stopSequences: Type.Optional(Type.Array(NonEmptyString, { maxItems: maximumStopSequences })),
})
export type InferenceConfig = Static<typeof InferenceConfig>

const OutputConfig = Closed({
  textFormat: Type.Optional(
    Closed({
      type: Type.Literal('json_schema'),
      structure: Closed({
        jsonSchema: Closed({
          /** The JSON schema, as a string of JSON. */
          schema: Type.String(),
          name: Type.Optional(Type.String()),
          description: Type.Optional(Type.String()),
        }),
      }),
    }),
  ),
  effort: Type.Optional(Type.String({ maxLength: 16 })),
})
export type OutputConfig = Static<typeof OutputConfig>

/** Members of AWS's API that we do not send, and that a validator of requests must accept. */
const unsent = {
  guardrailConfig: Type.Optional(
    Closed({
      guardrailIdentifier: Type.Optional(Type.String({ maxLength: 2048 })),
      guardrailVersion: Type.Optional(Type.String({ pattern: '^(|([1-9][0-9]{0,7})|(DRAFT))$' })),
      trace: Type.Optional(OneOf('enabled', 'disabled', 'enabled_full')),
      streamProcessingMode: Type.Optional(OneOf('sync', 'async')),
    }),
  ),
  performanceConfig: Type.Optional(Closed({ latency: Type.Optional(OneOf('standard', 'optimized')) })),
  promptVariables: Type.Optional(JsonObject),
  requestMetadata: Type.Optional(JsonObject),
  serviceTier: Type.Optional(Closed({ type: OneOf('priority', 'default', 'flex', 'reserved') })),
}

export const ConverseRequest = Closed({
  messages: Type.Array(ConverseMessage),
  system: Type.Optional(Type.Array(SystemBlock)),
  inferenceConfig: Type.Optional(InferenceConfig),
  toolConfig: Type.Optional(ToolConfig),
  /** Converse merges these into the request that it builds for Anthropic's model. */
  additionalModelRequestFields: Type.Optional(JsonObject),
  additionalModelResponseFieldPaths: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 256 }), { maxItems: 10 }),
  ),
  outputConfig: Type.Optional(OutputConfig),
  ...unsent,
})
export type ConverseRequest = Static<typeof ConverseRequest>
