import { type TSchema, Type } from '@sinclair/typebox'
import { Closed, JsonObject, Maybe, OneOf } from '../../wire/schema.ts'

/** Every content block that a request may contain, by the SDK's beta types. The API refuses any other member. */

const Text = Type.String()
const Flag = Type.Boolean()
const Id = Type.String({ pattern: '^[a-zA-Z0-9_-]+$' })

export const CacheMark = Closed({
  type: Type.Literal('ephemeral'),
  ttl: Maybe(OneOf('5m', '1h')),
  /** With the beta flag `prompt-caching-scope`. */
  scope: Maybe(Text),
})

const cacheable = { cache_control: Maybe(CacheMark) }
const called = { caller: Maybe(JsonObject) }
const inToolset = { toolset_name: Maybe(Text) }
const Citations = Closed({ enabled: Type.Optional(Flag) })

const base64 = { type: Type.Literal('base64'), data: Text }
const UrlSource = Closed({ type: Type.Literal('url'), url: Text })
const FileSource = Closed({ type: Type.Literal('file'), file_id: Text })

export const TextPart = Closed({
  type: Type.Literal('text'),
  text: Text,
  citations: Maybe(Type.Array(JsonObject)),
  ...cacheable,
})

const Image = Closed({
  type: Type.Literal('image'),
  source: Type.Union([
    Closed({ ...base64, media_type: OneOf('image/jpeg', 'image/png', 'image/gif', 'image/webp') }),
    UrlSource,
    FileSource,
  ]),
  transformations: Maybe(JsonObject),
  ...cacheable,
})

const Document = Closed({
  type: Type.Literal('document'),
  source: Type.Union([
    Closed({ ...base64, media_type: OneOf('application/pdf') }),
    Closed({ type: Type.Literal('text'), media_type: OneOf('text/plain'), data: Text }),
    Closed({ type: Type.Literal('content'), content: Type.Union([Text, Type.Array(Type.Union([TextPart, Image]))]) }),
    UrlSource,
    FileSource,
  ]),
  citations: Maybe(Citations),
  context: Maybe(Text),
  title: Maybe(Text),
  ...cacheable,
})

const SearchResult = Closed({
  type: Type.Literal('search_result'),
  source: Text,
  title: Text,
  content: Type.Array(TextPart),
  citations: Maybe(Citations),
  ...cacheable,
})

const ToolReference = Closed({ type: Type.Literal('tool_reference'), tool_name: Text, ...cacheable })
const BrowserState = Closed({ type: Type.Literal('browser_state'), tabs: Type.Optional(Type.Unknown()) })

const serverResult = (type: string, more: Record<string, TSchema> = {}) =>
  Closed({ type: Type.Literal(type), tool_use_id: Text, content: Type.Unknown(), ...more, ...cacheable })

export const Block = Type.Union([
  TextPart,
  Image,
  Document,
  SearchResult,
  Closed({ type: Type.Literal('thinking'), thinking: Text, signature: Text }),
  Closed({ type: Type.Literal('redacted_thinking'), data: Text }),
  Closed({
    type: Type.Literal('tool_use'),
    id: Id,
    name: Type.String({ minLength: 1, maxLength: 200 }),
    input: JsonObject,
    ...called,
    ...inToolset,
    ...cacheable,
  }),
  Closed({
    type: Type.Literal('tool_result'),
    tool_use_id: Id,
    content: Maybe(
      Type.Union([
        Text,
        Type.Array(Type.Union([TextPart, Image, Document, SearchResult, ToolReference, BrowserState])),
      ]),
    ),
    is_error: Maybe(Flag),
    ...inToolset,
    ...cacheable,
  }),
  Closed({ type: Type.Literal('server_tool_use'), id: Text, name: Text, input: JsonObject, ...called, ...cacheable }),
  serverResult('web_search_tool_result', called),
  serverResult('web_fetch_tool_result', called),
  serverResult('advisor_tool_result'),
  serverResult('code_execution_tool_result'),
  serverResult('bash_code_execution_tool_result'),
  serverResult('text_editor_code_execution_tool_result'),
  serverResult('tool_search_tool_result'),
  Closed({
    type: Type.Literal('mcp_tool_use'),
    id: Text,
    name: Text,
    server_name: Text,
    input: JsonObject,
    ...cacheable,
  }),
  Closed({
    type: Type.Literal('mcp_tool_result'),
    tool_use_id: Text,
    content: Type.Optional(Type.Union([Text, Type.Array(TextPart)])),
    is_error: Type.Optional(Flag),
    ...cacheable,
  }),
  Closed({ type: Type.Literal('mcp_tool_listing'), mcp_server_name: Text, tools: Type.Array(JsonObject) }),
  Closed({ type: Type.Literal('container_upload'), file_id: Text, ...cacheable }),
  Closed({
    type: Type.Literal('compaction'),
    content: Maybe(Text),
    encrypted_content: Maybe(Text),
    signature: Maybe(Text),
    tool_changes: Maybe(Type.Array(JsonObject)),
    ...cacheable,
  }),
  Closed({ type: Type.Literal('tool_addition'), tool: JsonObject, ...cacheable }),
  Closed({ type: Type.Literal('tool_removal'), tool: JsonObject, ...cacheable }),
  Closed({
    type: Type.Literal('fallback'),
    from: JsonObject,
    to: JsonObject,
    trigger: Type.Optional(Type.Unknown()),
  }),
])
