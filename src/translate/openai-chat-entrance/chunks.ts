import type { BlockDelta, EventBatch, FinalUsage, MessageStreamEvent, Stop } from '../../wire/anthropic/events.ts'
import type { ResponseBlock } from '../../wire/anthropic/response.ts'
import { toCompletionUsage } from '../openai-entrance/usage.ts'
import { CallSteps } from './call-steps.ts'
import type { CompletionStep, Emit } from './completion-step.ts'
import { toFinishReason, toRefusal } from './finish.ts'
import type { ChatAnswerPlan } from './request.ts'
import { TextSteps } from './text-steps.ts'
import { ThinkingSteps } from './thinking-steps.ts'

/** Translates the events of one answer to the steps of its chunks (OE-C90 to OE-C99). */
export class CompletionSteps {
  readonly #plan: ChatAnswerPlan
  readonly #text: TextSteps
  readonly #thinking: ThinkingSteps
  readonly #calls: CallSteps
  #steps: CompletionStep[] = []
  readonly #emit: Emit = (step) => void this.#steps.push(step)

  constructor(plan: ChatAnswerPlan) {
    this.#plan = plan
    this.#text = new TextSteps(plan, this.#emit)
    this.#thinking = new ThinkingSteps(plan, this.#emit)
    this.#calls = new CallSteps(plan, this.#emit)
  }

  batch(events: EventBatch): readonly CompletionStep[] {
    this.#steps = []
    for (const event of events) this.#event(event)
    return this.#steps
  }

  #event(event: MessageStreamEvent): void {
    switch (event.type) {
      case 'content_block_delta':
        this.#delta(event.delta)
        break
      case 'content_block_start':
        this.#start(event.content_block)
        break
      case 'content_block_stop':
        // One block is open at a time: the others have nothing to end.
        this.#text.stop()
        this.#calls.stop()
        break
      case 'message_start':
        this.#emit({ type: 'delta', delta: { role: 'assistant', content: '' } })
        break
      case 'message_delta':
        this.#end(event.delta, event.usage)
        break
      case 'message_stop':
      case 'ping':
        break
    }
  }

  #start(block: ResponseBlock): void {
    switch (block.type) {
      case 'text':
        this.#text.start(block.text)
        break
      case 'thinking':
        this.#thinking.start(block.thinking, block.signature)
        break
      case 'redacted_thinking':
        this.#thinking.redacted(block.data)
        break
      case 'tool_use':
        this.#calls.start(block)
        break
      case 'server_tool_use':
      case 'web_search_tool_result':
        // Runs without the client, which has nothing to do.
        break
    }
  }

  #delta(delta: BlockDelta): void {
    switch (delta.type) {
      case 'text_delta':
        this.#text.text(delta.text)
        break
      case 'thinking_delta':
        this.#thinking.text(delta.thinking)
        break
      case 'input_json_delta':
        this.#calls.input(delta.partial_json)
        break
      case 'signature_delta':
        this.#thinking.signature(delta.signature)
        break
      case 'citations_delta':
        this.#text.cite(delta.citation)
        break
    }
  }

  #end({ stop_reason, stop_details }: Stop, usage: FinalUsage): void {
    this.#text.end()
    const refusal = toRefusal(stop_reason, stop_details)
    if (refusal !== null) this.#emit({ type: 'delta', delta: { refusal } })
    this.#emit({ type: 'finish', reason: toFinishReason(stop_reason, this.#calls.member) })
    if (!this.#plan.includesUsage) return
    this.#emit({ type: 'usage', usage: toCompletionUsage(usage, this.#thinking.characters) })
  }
}
