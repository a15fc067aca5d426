import type { ResponseBlock } from '../../wire/anthropic/response.ts'
import { CustomInput } from '../openai-entrance/custom-input.ts'
import type { Emit } from './completion-step.ts'
import type { ChatAnswerPlan } from './request.ts'
import { type CallsMember, calledTool } from './tool-call.ts'

interface OpenCall {
  readonly index: number
  readonly block: Extract<ResponseBlock, { type: 'tool_use' }>
  /** Undefined for a function. */
  readonly custom: CustomInput | undefined
  isEmpty: boolean
}

/** The steps of an answer's calls, in order (OE-C93, OE-C94). */
export class CallSteps {
  readonly #plan: ChatAnswerPlan
  readonly #emit: Emit
  #count = 0
  #open: OpenCall | undefined

  constructor(plan: ChatAnswerPlan, emit: Emit) {
    this.#plan = plan
    this.#emit = emit
  }

  /** Undefined for an answer without calls. */
  get member(): CallsMember | undefined {
    if (this.#count === 0) return undefined
    return this.#plan.usesFunctions ? 'function_call' : 'tool_calls'
  }

  start(block: OpenCall['block']): void {
    const { usesFunctions } = this.#plan
    const { isCustom, name } = calledTool(block, this.#plan)
    const { id } = block
    const index = this.#count
    this.#count += 1
    // The form before `tools` has one call.
    if (usesFunctions && index > 0) return
    this.#open = { index, block, custom: isCustom ? new CustomInput() : undefined, isEmpty: true }
    const called = { name, arguments: '' }
    if (usesFunctions) this.#emit({ type: 'delta', delta: { function_call: called } })
    else if (isCustom) {
      this.#emit({ type: 'delta', delta: { tool_calls: [{ index, id, type: 'custom', custom: { name, input: '' } }] } })
    } else this.#emit({ type: 'delta', delta: { tool_calls: [{ index, id, type: 'function', function: called }] } })
  }

  input(json: string): void {
    const call = this.#open
    if (call === undefined || json === '') return
    call.isEmpty = false
    this.#write(call, call.custom === undefined ? json : call.custom.add(json))
  }

  stop(): void {
    const call = this.#open
    if (call === undefined) return
    // Clients parse the arguments: they must not be empty.
    if (call.isEmpty) this.input(JSON.stringify(call.block.input))
    if (call.custom !== undefined) this.#write(call, call.custom.end())
    this.#open = undefined
  }

  #write({ index, custom }: OpenCall, text: string): void {
    if (text === '') return
    this.#emit({ type: custom === undefined ? 'arguments' : 'custom_input', text, index })
  }
}
