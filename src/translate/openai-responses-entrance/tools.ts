import type { Json } from '../../base/json.ts'
import type { Path } from '../../base/path.ts'
import type { Tool } from '../../wire/anthropic/request.ts'
import type { InputItem } from '../../wire/openai-responses/input-item.ts'
import type { ResponsesRequest } from '../../wire/openai-responses/request.ts'
import type { OpenAiContext } from '../openai-entrance/context.ts'
import { refusal } from '../openai-entrance/refusal.ts'
import { toTool } from '../openai-entrance/tools.ts'
import { isHostedKind, toHostedTool } from './hosted-tools.ts'
import { isServerTool, toWebSearch } from './server-tools.ts'
import { flattenDefinitions, type PlacedDefinition } from './tool-definitions.ts'
import type { ToolNames } from './tool-names.ts'

export interface CollectedTools {
  readonly tools: readonly Tool[]
  /** By the index of a `tool_search_output` in the input: the canonical names of its tools. */
  readonly found: ReadonlyMap<number, readonly string[]>
  /** The types of the tools that are left out. */
  readonly leftOut: ReadonlySet<unknown>
}

const withoutDeferral = (tool: Tool): Tool => {
  const { defer_loading: _deferred, ...rest } = tool
  return rest as Tool
}

class ToolList {
  readonly #names: ToolNames
  readonly #context: OpenAiContext
  /** By canonical name. */
  readonly #tools = new Map<string, Tool>()
  readonly leftOut = new Set<unknown>()
  /** The first tool that is left out. */
  #firstLeftOut: Path | undefined
  #hasSearch = false
  #searchesWeb = false
  readonly #body: Json

  constructor(names: ToolNames, context: OpenAiContext, body: Json) {
    this.#names = names
    this.#context = context
    this.#body = body
  }

  /** Throws a 400 for the second tool of a name. */
  declare(definitions: readonly Json[], path: Path): void {
    for (const placed of flattenDefinitions(definitions, path)) {
      const [name, tool] = this.#translate(placed) ?? []
      if (name === undefined || tool === undefined) continue
      if (this.#tools.has(name)) throw refusal('invalid_value', placed.path, 'a tool before it has the same name')
      this.#tools.set(name, tool)
    }
  }

  /** Adds tools, or replaces their earlier definitions. Returns their names. `isFound`: by a search, which loads them. */
  join(definitions: readonly Json[], path: Path, isFound: boolean): string[] {
    return flattenDefinitions(definitions, path).flatMap((placed) => {
      const [name, tool] = this.#translate(placed) ?? []
      if (name === undefined || tool === undefined) return []
      this.#tools.set(name, isFound ? withoutDeferral(tool) : tool)
      return [name]
    })
  }

  /** Throws a 400 if all tools are left out: such a request is about them. */
  all(): Tool[] {
    const first = this.#firstLeftOut
    if (first !== undefined && this.#tools.size === 0)
      throw refusal('unsupported_value', [...first, 'type'], "tools of OpenAI's servers are not available here")
    const tools = [...this.#tools.values()]
    if ((this.#body['max_tool_calls'] ?? undefined) !== undefined && !this.#searchesWeb)
      this.#context.notes.changed(['max_tool_calls'], 'the server runs no tool of the request')
    if (this.#hasSearch || !tools.some((tool) => tool.defer_loading === true)) return tools
    this.#context.notes.changed(['tools'], 'deferred tools are sent at once: the request has no search for tools')
    return tools.map((tool) => (tool.defer_loading === true ? withoutDeferral(tool) : tool))
  }

  /** Returns undefined for a tool that is left out. */
  #translate({ definition, path, namespace }: PlacedDefinition): readonly [name: string, tool: Tool] | undefined {
    const type = definition['type']
    if (isServerTool(definition, path)) return this.#translateServerTool(definition, path)
    if (isHostedKind(type)) {
      if (type === 'tool_search') this.#hasSearch = true
      const name = this.#names.define({ kind: type, name: type })
      return [name, toHostedTool(type, name, definition, path, this.#context.notes)]
    }
    const { tool, identity } = toTool(definition, path, this.#context)
    if (tool.type?.startsWith('tool_search') === true) this.#hasSearch = true
    const name = this.#names.define(namespace === undefined ? identity : { ...identity, namespace })
    return [name, tool.name === name ? tool : { ...tool, name }]
  }

  #translateServerTool(definition: Json, path: Path): readonly [name: string, tool: Tool] | undefined {
    const search = toWebSearch(definition, path, this.#context, this.#body)
    const type = definition['type']
    if (search !== undefined) {
      this.#searchesWeb = true
      // A choice names it by the type that the client wrote.
      this.#names.rename(String(type), search.name)
      return [search.name, search]
    }
    this.#context.notes.changed(path, "a tool of OpenAI's servers is left out")
    this.leftOut.add(type)
    this.#firstLeftOut ??= path
    return undefined
  }
}

/** Whether a turn of the conversation has begun with this item. */
const isTurn = (item: InputItem): boolean =>
  !(item.type === 'additional_tools' || item.type === 'configuration_update') &&
  !('role' in item && (item.role === 'system' || item.role === 'developer'))

/**
 * Collects the tools of a request: its list, and those in the items of its input, which join at the end of the list
 * (OE-R21 to OE-R26). Throws a 400 that names the path.
 */
export const collectTools = (
  body: Pick<ResponsesRequest, 'tools'> & Json,
  items: readonly InputItem[],
  names: ToolNames,
  context: OpenAiContext,
): CollectedTools => {
  const list = new ToolList(names, context, body)
  const found = new Map<number, string[]>()
  list.declare(body.tools ?? [], ['tools'])
  let hasTurns = false
  for (const [index, item] of items.entries()) {
    hasTurns ||= isTurn(item)
    const path = ['input', index, 'tools']
    if (item.type === 'tool_search_output') found.set(index, list.join(item.tools, path, true))
    if (item.type !== 'additional_tools') continue
    if (hasTurns) context.notes.changed(path, 'tools that join during the conversation are sent with all others')
    list.join(item.tools, path, false)
  }
  return { tools: list.all(), found, leftOut: list.leftOut }
}
