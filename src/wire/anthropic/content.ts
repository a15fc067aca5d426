import { type Static, Type } from '@sinclair/typebox'
import { Maybe, OneOf, Open } from '../schema.ts'

/** Content blocks as clients send them. Source: Anthropic's Messages API and its SDK's types. */

export const CacheControl = Open({
  type: Type.Literal('ephemeral'),
  ttl: Maybe(OneOf('5m', '1h')),
})
export type CacheControl = Static<typeof CacheControl>

const cacheable = { cache_control: Maybe(CacheControl) }

const Base64Source = Open({
  type: Type.Literal('base64'),
  media_type: Type.String(),
  data: Type.String(),
})
const UrlSource = Open({ type: Type.Literal('url'), url: Type.String() })
const FileSource = Open({ type: Type.Literal('file'), file_id: Type.String() })
const Citations = Open({ enabled: Type.Optional(Type.Boolean()) })

export const TextBlock = Open({
  type: Type.Literal('text'),
  text: Type.String(),
  citations: Maybe(Type.Array(Type.Unknown())),
  ...cacheable,
})
export type TextBlock = Static<typeof TextBlock>

const ImageBlock = Open({
  type: Type.Literal('image'),
  source: Type.Union([Base64Source, UrlSource, FileSource]),
  ...cacheable,
})
export type ImageBlock = Static<typeof ImageBlock>

const DocumentBlock = Open({
  type: Type.Literal('document'),
  source: Type.Union([
    Base64Source,
    Open({ type: Type.Literal('text'), media_type: Type.Optional(Type.String()), data: Type.String() }),
    Open({
      type: Type.Literal('content'),
      content: Type.Union([Type.String(), Type.Array(Type.Union([TextBlock, ImageBlock]))]),
    }),
    UrlSource,
    FileSource,
  ]),
  title: Maybe(Type.String()),
  context: Maybe(Type.String()),
  citations: Maybe(Citations),
  ...cacheable,
})
export type DocumentBlock = Static<typeof DocumentBlock>

const SearchResultBlock = Open({
  type: Type.Literal('search_result'),
  source: Type.String(),
  title: Type.String(),
  content: Type.Array(TextBlock),
  citations: Maybe(Citations),
  ...cacheable,
})
export type SearchResultBlock = Static<typeof SearchResultBlock>

const ToolReferenceBlock = Open({
  type: Type.Literal('tool_reference'),
  tool_name: Type.String({ minLength: 1 }),
  ...cacheable,
})

const ThinkingBlock = Open({
  type: Type.Literal('thinking'),
  thinking: Type.String(),
  signature: Maybe(Type.String()),
  ...cacheable,
})

export type ThinkingBlock = Static<typeof ThinkingBlock>

const RedactedThinkingBlock = Open({ type: Type.Literal('redacted_thinking'), data: Type.String(), ...cacheable })

const ToolUseBlock = Open({
  type: Type.Literal('tool_use'),
  id: Type.String({ minLength: 1 }),
  name: Type.String({ minLength: 1 }),
  input: Type.Optional(Type.Unknown()),
  ...cacheable,
})
export type ToolUseBlock = Static<typeof ToolUseBlock>

/** Results of Anthropic's own tools, in histories that began with Anthropic's API. */
const serverResultTypes = [
  'web_search_tool_result',
  'web_fetch_tool_result',
  'code_execution_tool_result',
  'bash_code_execution_tool_result',
  'text_editor_code_execution_tool_result',
  'tool_search_tool_result',
  'advisor_tool_result',
] as const
const ServerToolBlock = Type.Union([
  Open({
    type: Type.Literal('server_tool_use'),
    id: Type.Optional(Type.String()),
    name: Type.String({ minLength: 1 }),
    input: Type.Optional(Type.Unknown()),
    ...cacheable,
  }),
  Open({ type: OneOf(...serverResultTypes), content: Type.Optional(Type.Unknown()), ...cacheable }),
  Open({
    type: Type.Literal('mcp_tool_use'),
    name: Type.String({ minLength: 1 }),
    server_name: Type.String(),
    input: Type.Optional(Type.Unknown()),
    ...cacheable,
  }),
  Open({
    type: Type.Literal('mcp_tool_result'),
    content: Type.Optional(Type.Unknown()),
    is_error: Maybe(Type.Boolean()),
    ...cacheable,
  }),
  Open({ type: Type.Literal('mcp_tool_listing'), ...cacheable }),
])
export type ServerToolBlock = Static<typeof ServerToolBlock>

/** A file for Anthropic's containers. */
const ContainerUploadBlock = Open({ type: Type.Literal('container_upload'), ...cacheable })

/** A summary that replaces everything before it. Without content, the compaction failed. */
const CompactionBlock = Open({ type: Type.Literal('compaction'), content: Maybe(Type.String()), ...cacheable })
export type CompactionBlock = Static<typeof CompactionBlock>

/** Another model took over. Has no text for the model. */
const FallbackBlock = Open({ type: Type.Literal('fallback') })

const BrowserStateBlock = Open({ type: Type.Literal('browser_state') })

const ToolResultContent = Type.Union([
  TextBlock,
  ImageBlock,
  DocumentBlock,
  SearchResultBlock,
  ToolReferenceBlock,
  BrowserStateBlock,
])
export type ToolResultContent = Static<typeof ToolResultContent>

const ToolResultBlock = Open({
  type: Type.Literal('tool_result'),
  tool_use_id: Type.String({ minLength: 1 }),
  content: Maybe(Type.Union([Type.String(), Type.Array(ToolResultContent)])),
  is_error: Maybe(Type.Boolean()),
  ...cacheable,
})
export type ToolResultBlock = Static<typeof ToolResultBlock>

/** In `role: "system"` messages: adds or removes a tool during the conversation. */
const ToolChangeBlock = Open({
  type: OneOf('tool_addition', 'tool_removal'),
  tool: Open({ type: Type.String(), name: Type.Optional(Type.String()) }),
  ...cacheable,
})

export const ContentBlock = Type.Union([
  TextBlock,
  ToolUseBlock,
  ToolResultBlock,
  ThinkingBlock,
  RedactedThinkingBlock,
  ImageBlock,
  DocumentBlock,
  SearchResultBlock,
  ToolChangeBlock,
  ...ServerToolBlock.anyOf,
  ContainerUploadBlock,
  CompactionBlock,
  FallbackBlock,
])
export type ContentBlock = Static<typeof ContentBlock>
