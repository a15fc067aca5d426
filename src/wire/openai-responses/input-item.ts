import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { ContentPart } from '../openai-chat/content-part.ts'
import { JsonObject, Maybe, OneOf, Open } from '../schema.ts'

/**
 * The items of a request's `input` (OE-R15 to OE-R21). Ids, status, phase and the clients' own metadata are never read:
 * they contain time stamps and ids of turns, which must not reach the prompt (OE-R12).
 * @see https://platform.openai.com/docs/api-reference/responses/create
 */

const Content = Type.Union([Type.String(), Type.Array(ContentPart)])
export type Content = Static<typeof Content>

/** Cache markers, which the translation checks where it reads them. */
const markers = {
  cache_control: Type.Optional(Type.Unknown()),
  prompt_cache_breakpoint: Type.Optional(Type.Unknown()),
}

const Message = Open({
  type: Maybe(Type.Literal('message')),
  role: OneOf('user', 'assistant', 'system', 'developer'),
  content: Maybe(Content),
  ...markers,
})
export type MessageItem = Static<typeof Message>

/** An item of a stored response. Clients may leave the type out. */
const ItemReference = Open({ type: Maybe(Type.Literal('item_reference')), id: Type.String() })
export type ItemReference = Static<typeof ItemReference>

const Reasoning = Open({ type: Type.Literal('reasoning'), encrypted_content: Maybe(Type.String()) })
export type ReasoningItem = Static<typeof Reasoning>

const calledTool = { call_id: Type.String(), name: Type.String({ minLength: 1 }), namespace: Maybe(Type.String()) }

const FunctionCall = Open({
  type: Type.Literal('function_call'),
  ...calledTool,
  /** JSON text; some clients send the object itself. */
  arguments: Type.Optional(Type.Unknown()),
  ...markers,
})

const CustomToolCall = Open({
  type: Type.Literal('custom_tool_call'),
  ...calledTool,
  input: Maybe(Type.String()),
  ...markers,
})

/** The output of a function or a custom tool. An output without an id belongs to the last open call of its name. */
const CallOutput = Open({
  type: OneOf('function_call_output', 'custom_tool_call_output'),
  call_id: Maybe(Type.String()),
  name: Maybe(Type.String()),
  namespace: Maybe(Type.String()),
  output: Maybe(Content),
  ...markers,
})

/** Its output has the id of the call, or of the call's item. */
const LocalShellCall = Open({
  type: Type.Literal('local_shell_call'),
  id: Maybe(Type.String()),
  call_id: Maybe(Type.String()),
  action: JsonObject,
})

const LocalShellOutput = Open({
  type: Type.Literal('local_shell_call_output'),
  id: Maybe(Type.String()),
  call_id: Maybe(Type.String()),
  output: Maybe(Type.String()),
})

const ShellCall = Open({ type: Type.Literal('shell_call'), call_id: Type.String(), action: JsonObject })

const CommandOutput = Open({
  stdout: Maybe(Type.String()),
  stderr: Maybe(Type.String()),
  outcome: Maybe(Open({ type: Type.String(), exit_code: Maybe(Type.Integer()) })),
})
export type CommandOutput = Static<typeof CommandOutput>

const ShellOutput = Open({
  type: Type.Literal('shell_call_output'),
  call_id: Type.String(),
  output: Maybe(Type.Union([Type.String(), Type.Array(CommandOutput)])),
})

const ApplyPatchCall = Open({ type: Type.Literal('apply_patch_call'), call_id: Type.String(), operation: JsonObject })

const ApplyPatchOutput = Open({
  type: Type.Literal('apply_patch_call_output'),
  call_id: Type.String(),
  status: Maybe(Type.String()),
  output: Maybe(Type.String()),
})

const Tools = Type.Array(JsonObject)

/** Without a call id if OpenAI's server searched. */
const ToolSearchCall = Open({
  type: Type.Literal('tool_search_call'),
  call_id: Maybe(Type.String()),
  arguments: Type.Optional(Type.Unknown()),
})

const ToolSearchOutput = Open({
  type: Type.Literal('tool_search_output'),
  call_id: Maybe(Type.String()),
  tools: Tools,
})

/** A search that ran without the client. Its results come in an item of reasoning. */
const WebSearchCall = Open({ type: Type.Literal('web_search_call'), status: Maybe(Type.String()) })

const AdditionalTools = Open({ type: Type.Literal('additional_tools'), tools: Tools })

const Compaction = Open({
  type: OneOf('compaction', 'compaction_summary'),
  encrypted_content: Maybe(Type.String()),
})
export type CompactionItem = Static<typeof Compaction>

const CompactionTrigger = Open({ type: Type.Literal('compaction_trigger') })

/** A message between Codex's agents. `encrypted_content` is the text of a model that does not encrypt. */
const AgentMessage = Open({
  type: Type.Literal('agent_message'),
  content: Maybe(
    Type.Union([
      Type.String(),
      Type.Array(Open({ type: Type.String(), text: Maybe(Type.String()), encrypted_content: Maybe(Type.String()) })),
    ]),
  ),
})
export type AgentMessageItem = Static<typeof AgentMessage>

const ConfigurationUpdate = Open({
  type: Type.Literal('configuration_update'),
  reasoning: Maybe(JsonObject),
  text: Maybe(JsonObject),
})

const known = [
  Message,
  ItemReference,
  Reasoning,
  FunctionCall,
  CustomToolCall,
  CallOutput,
  LocalShellCall,
  LocalShellOutput,
  ShellCall,
  ShellOutput,
  ApplyPatchCall,
  ApplyPatchOutput,
  ToolSearchCall,
  ToolSearchOutput,
  WebSearchCall,
  AdditionalTools,
  Compaction,
  CompactionTrigger,
  AgentMessage,
  ConfigurationUpdate,
] as const

const literalsOf = ({ const: literal, anyOf = [] }: TSchema): string[] =>
  typeof literal === 'string' ? [literal] : anyOf.flatMap(literalsOf)

const knownTypes = known.flatMap(({ properties }) => literalsOf(properties.type)).join('|')

/** Stands for any other string, so that the compiler can tell the items apart by their type. */
type OtherType = '(other)'

/** Items of tools that OpenAI's servers run, and items that we do not know. */
const OtherItem = Open({
  type: Type.Unsafe<OtherType>(Type.String({ pattern: `^(?!(?:${knownTypes})$)` })),
  role: Maybe(Type.String()),
  content: Maybe(Content),
})
export type OtherItem = Static<typeof OtherItem>

export const InputItem = Type.Union([...known, OtherItem])
export type InputItem = Static<typeof InputItem>
export type ItemOf<T extends string> = Extract<InputItem, { type: T }>
