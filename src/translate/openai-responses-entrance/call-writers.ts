import type { BlockDelta } from '../../wire/anthropic/events.ts'
import type { ResponseBlock } from '../../wire/anthropic/response.ts'
import type {
  CustomCallItem,
  FunctionCallItem,
  ItemStatus,
  OutputItem,
} from '../../wire/openai-responses/output-items.ts'
import type { ToolIdentity } from '../openai-entrance/answer-plan.ts'
import { CustomInput } from '../openai-entrance/custom-input.ts'
import { toInputObject } from '../tool-input.ts'
import { toHostedCall } from './hosted-call.ts'
import type { Emit, ItemPlace, ItemWriter } from './item-writer.ts'

export type ToolUseBlock = Extract<ResponseBlock, { type: 'tool_use' }>

const isEmpty = (input: object): boolean => Object.keys(input).length === 0

type EndStatus = Parameters<ItemWriter['end']>[0]

/** Reads the JSON text of a tool's input as it arrives. */
abstract class CallWriter implements ItemWriter {
  readonly place: ItemPlace
  protected readonly emit: Emit
  protected readonly block: ToolUseBlock
  protected readonly tool: ToolIdentity
  #hasInput = false

  constructor(block: ToolUseBlock, tool: ToolIdentity, place: ItemPlace, emit: Emit) {
    this.block = block
    this.tool = tool
    this.place = place
    this.emit = emit
  }

  protected abstract add(json: string): void
  protected abstract finish(): void
  abstract end(status: EndStatus): OutputItem

  protected get named() {
    const { name, namespace } = this.tool
    return { call_id: this.block.id, name, ...(namespace !== undefined && { namespace }) }
  }

  protected added(item: OutputItem): void {
    this.emit({ type: 'response.output_item.added', output_index: this.place.output_index, item })
  }

  protected done<Item extends OutputItem>(item: Item): Item {
    this.emit({ type: 'response.output_item.done', output_index: this.place.output_index, item })
    return item
  }

  delta(delta: BlockDelta): void {
    if (delta.type !== 'input_json_delta' || delta.partial_json === '') return
    this.#hasInput = true
    this.add(delta.partial_json)
  }

  stop(): void {
    // Some upstreams send the whole input at the start of the block. Clients parse it, so it is never empty.
    if (!this.#hasInput) this.add(isEmpty(this.block.input) ? '{}' : JSON.stringify(this.block.input))
    this.finish()
  }
}

/** Passes the input of a function on as it arrives (OE-R32). */
class FunctionCallWriter extends CallWriter {
  #arguments = ''

  constructor(...parts: ConstructorParameters<typeof CallWriter>) {
    super(...parts)
    this.added(this.#item('in_progress'))
  }

  protected add(json: string): void {
    this.#arguments += json
    this.emit({ type: 'response.function_call_arguments.delta', ...this.place, delta: json })
  }

  protected finish(): void {
    this.emit({ type: 'response.function_call_arguments.done', ...this.place, arguments: this.#arguments })
  }

  end(status: EndStatus): FunctionCallItem {
    return this.done(this.#item(status))
  }

  #item(status: ItemStatus): FunctionCallItem {
    return { type: 'function_call', id: this.place.item_id, ...this.named, arguments: this.#arguments, status }
  }
}

/** Unwraps the text of a custom tool's call as it arrives (OE-R33). */
class CustomCallWriter extends CallWriter {
  readonly #decoder = new CustomInput()
  #input = ''

  constructor(...parts: ConstructorParameters<typeof CallWriter>) {
    super(...parts)
    this.added(this.#item('in_progress'))
  }

  protected add(json: string): void {
    this.#write(this.#decoder.add(json))
  }

  #write(delta: string): void {
    if (delta === '') return
    this.#input += delta
    this.emit({ type: 'response.custom_tool_call_input.delta', ...this.place, delta })
  }

  protected finish(): void {
    this.#write(this.#decoder.end())
    this.emit({ type: 'response.custom_tool_call_input.done', ...this.place, input: this.#input })
  }

  end(status: EndStatus): CustomCallItem {
    return this.done(this.#item(status))
  }

  /** The AI SDK requires the status, though OpenAI's type has none. */
  #item(status: ItemStatus): CustomCallItem {
    return { type: 'custom_tool_call', id: this.place.item_id, ...this.named, input: this.#input, status }
  }
}

/**
 * Writes a call of a hosted tool once its input is complete: its shape is not the model's JSON (OE-R24, OE-R25). Input
 * without the tool's shape is passed on as a function's, because nothing else can carry it.
 */
class HostedCallWriter extends CallWriter {
  #json = ''

  protected add(json: string): void {
    this.#json += json
  }

  protected finish(): void {}

  end(status: EndStatus): OutputItem {
    const call = this.#call()
    if (call === undefined) return this.#endAsFunction(status)
    const head = { id: this.place.item_id, call_id: this.block.id }
    this.added({ ...head, ...call, status: 'in_progress' })
    // Also where the answer was cut after it: clients know no incomplete patch.
    return this.done({ ...head, ...call, status: 'completed' })
  }

  #call() {
    const { kind } = this.tool
    const input = toInputObject(this.#json)
    return kind === 'function' || kind === 'custom' || input === undefined ? undefined : toHostedCall(kind, input)
  }

  #endAsFunction(status: EndStatus): FunctionCallItem {
    const writer = new FunctionCallWriter(this.block, this.tool, this.place, this.emit)
    writer.delta({ type: 'input_json_delta', partial_json: this.#json })
    writer.stop()
    return writer.end(status)
  }
}

const hosted = (prefix: string) => ({ prefix, Writer: HostedCallWriter })

export const callWriters = {
  function: { prefix: 'fc', Writer: FunctionCallWriter },
  custom: { prefix: 'ctc', Writer: CustomCallWriter },
  local_shell: hosted('lsh'),
  shell: hosted('sh'),
  apply_patch: hosted('apc'),
  tool_search: hosted('tsc'),
} as const satisfies Record<ToolIdentity['kind'], unknown>
