import { type Static, Type } from '@sinclair/typebox'
import { Closed, OneOf } from '../schema.ts'

/**
 * Content blocks as Bedrock's Converse accepts them, with AWS's own names, lengths and patterns.
 * A block is an object with exactly one member, which names its kind. Blobs are base64 strings.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
 */

const toolNamePattern = '^[a-zA-Z0-9_-]+$'
export const toolUseIdPattern = '^[a-zA-Z0-9_.:-]+$'

/** Longest tool name and tool use id. */
const maximumToolNameLength = 64
export const maximumToolUseIdLength = 64
/** Longest document name. */
export const maximumDocumentNameLength = 200

export const ToolName = Type.String({ minLength: 1, maxLength: maximumToolNameLength, pattern: toolNamePattern })
const ToolUseId = Type.String({ minLength: 1, maxLength: maximumToolUseIdLength, pattern: toolUseIdPattern })
const Blob = Type.String({ minLength: 1 })

export const CachePoint = Closed({ type: Type.Literal('default'), ttl: Type.Optional(OneOf('5m', '1h')) })
export type CachePoint = Static<typeof CachePoint>

const CitationsConfig = Closed({ enabled: Type.Boolean() })

const Image = Closed({ format: OneOf('png', 'jpeg', 'gif', 'webp'), source: Closed({ bytes: Blob }) })
export type Image = Static<typeof Image>

const TextPart = Closed({ text: Type.String() })

const Document = Closed({
  format: Type.Optional(OneOf('pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md')),
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

const ToolUse = Closed({
  toolUseId: ToolUseId,
  name: ToolName,
  input: Type.Unknown(),
  type: Type.Optional(Type.Literal('server_tool_use')),
})
const ToolResult = Closed({
  toolUseId: ToolUseId,
  content: Type.Array(ToolResultContent),
  status: Type.Optional(OneOf('success', 'error')),
  type: Type.Optional(Type.String()),
})
const ReasoningContent = Type.Union([
  Closed({ reasoningText: Closed({ text: Type.String(), signature: Type.Optional(Type.String()) }) }),
  Closed({ redactedContent: Type.String() }),
])

/** A response with citations, in the history. We send only its text. */
const Span = Type.Optional(Type.Integer({ minimum: 0 }))
const DocumentLocation = Closed({ documentIndex: Span, start: Span, end: Span })
const CitationsContent = Closed({
  content: Type.Optional(Type.Array(TextPart)),
  citations: Type.Optional(
    Type.Array(
      Closed({
        title: Type.Optional(Type.String()),
        source: Type.Optional(Type.String()),
        sourceContent: Type.Optional(Type.Array(TextPart)),
        location: Type.Optional(
          Type.Union([
            Closed({ web: Closed({ url: Type.Optional(Type.String()), domain: Type.Optional(Type.String()) }) }),
            Closed({ documentChar: DocumentLocation }),
            Closed({ documentPage: DocumentLocation }),
            Closed({ documentChunk: DocumentLocation }),
            Closed({ searchResultLocation: Closed({ searchResultIndex: Span, start: Span, end: Span }) }),
          ]),
        ),
      }),
    ),
  ),
})

/** For the account's guardrails. We do not send it. */
export const GuardContent = Type.Union([
  Closed({ text: Closed({ text: Type.String(), qualifiers: Type.Optional(Type.Array(Type.String())) }) }),
  Closed({ image: Closed({ format: OneOf('png', 'jpeg'), source: Closed({ bytes: Blob }) }) }),
])

const ToolChange = Closed({
  tool: Closed({
    type: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    serverName: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
  }),
})

export const ContentBlock = Type.Union([
  TextPart,
  Closed({ image: Image }),
  Closed({ document: Document }),
  Closed({ toolUse: ToolUse }),
  Closed({ toolResult: ToolResult }),
  Closed({ cachePoint: CachePoint }),
  Closed({ reasoningContent: ReasoningContent }),
  Closed({ searchResult: SearchResult }),
  Closed({ citationsContent: CitationsContent }),
  Closed({ guardContent: GuardContent }),
  Closed({ toolAddition: ToolChange }),
  Closed({ toolRemoval: ToolChange }),
])
export type ContentBlock = Static<typeof ContentBlock>
