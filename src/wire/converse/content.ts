import { type Static, Type } from '@sinclair/typebox'
import { Closed, OneOf } from '../open.ts'

/**
 * Content blocks as Bedrock's Converse takes them, with AWS's own names, lengths and patterns.
 * A block is an object with exactly one member, which names its kind. Blobs are base64 strings.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
 */

export const toolNamePattern = '^[a-zA-Z0-9_-]+$'
export const toolUseIdPattern = '^[a-zA-Z0-9_.:-]+$'

/** Longest tool name and tool use id. */
export const maximumToolNameLength = 64
export const maximumToolUseIdLength = 64
/** Longest document name. */
export const maximumDocumentNameLength = 200

export const ToolName = Type.String({ minLength: 1, maxLength: maximumToolNameLength, pattern: toolNamePattern })
const ToolUseId = Type.String({ minLength: 1, maxLength: maximumToolUseIdLength, pattern: toolUseIdPattern })
const Blob = Type.String({ minLength: 1 })

export const CachePoint = Closed({ type: Type.Literal('default'), ttl: Type.Optional(OneOf('5m', '1h')) })
export type CachePoint = Static<typeof CachePoint>

const CitationsConfig = Closed({ enabled: Type.Boolean() })

export const imageFormats = ['png', 'jpeg', 'gif', 'webp'] as const
export type ImageFormat = (typeof imageFormats)[number]

const Image = Closed({ format: OneOf(...imageFormats), source: Closed({ bytes: Blob }) })
export type Image = Static<typeof Image>

const TextPart = Closed({ text: Type.String() })

const Document = Closed({
  format: OneOf('pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md'),
  name: Type.String({ minLength: 1, maxLength: maximumDocumentNameLength }),
  source: Type.Union([
    Closed({ bytes: Blob }),
    Closed({ text: Type.String() }),
    Closed({ content: Type.Array(TextPart) }),
  ]),
  context: Type.Optional(Type.String()),
  citations: Type.Optional(CitationsConfig),
})
export type Document = Static<typeof Document>

const SearchResult = Closed({
  source: Type.String(),
  title: Type.String(),
  content: Type.Array(TextPart),
  citations: Type.Optional(CitationsConfig),
})
export type SearchResult = Static<typeof SearchResult>

const ToolResultContent = Type.Union([
  TextPart,
  Closed({ json: Type.Unknown() }),
  Closed({ image: Image }),
  Closed({ document: Document }),
  Closed({ searchResult: SearchResult }),
])
export type ToolResultContent = Static<typeof ToolResultContent>

const ToolUse = Closed({ toolUseId: ToolUseId, name: ToolName, input: Type.Unknown() })
const ToolResult = Closed({
  toolUseId: ToolUseId,
  content: Type.Array(ToolResultContent),
  status: Type.Optional(OneOf('success', 'error')),
})
const ReasoningContent = Type.Union([
  Closed({ reasoningText: Closed({ text: Type.String(), signature: Type.Optional(Type.String()) }) }),
  Closed({ redactedContent: Type.String() }),
])

export const ContentBlock = Type.Union([
  TextPart,
  Closed({ image: Image }),
  Closed({ document: Document }),
  Closed({ toolUse: ToolUse }),
  Closed({ toolResult: ToolResult }),
  Closed({ cachePoint: CachePoint }),
  Closed({ reasoningContent: ReasoningContent }),
  Closed({ searchResult: SearchResult }),
])
export type ContentBlock = Static<typeof ContentBlock>
