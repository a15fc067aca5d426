import type { Path } from '../../base/path.ts'
import type { ContentBlock } from '../../wire/anthropic/content.ts'
import type { OpenAiContext } from '../openai-entrance/context.ts'
import type { PlacedMessage } from '../openai-entrance/conversation.ts'
import { isThinkingBlock, type ThinkingContent } from '../openai-entrance/thinking-content.ts'
import type { CarriedSearch } from './carried-search.ts'

/** The successive items of one answer of the model. */
interface AssistantTurn {
  readonly content: ContentBlock[]
  /** Of its first item. */
  readonly path: Path
  /** A part of its thinking is lost. */
  hasLostThinking: boolean
  /** The searches whose results are not read yet. */
  readonly searches: OpenSearch[]
}

interface OpenSearch {
  readonly path: Path
  /** The number of blocks before it. */
  position: number
}

type TurnsContext = Pick<OpenAiContext, 'recall' | 'notes'>

const searchWithoutResults = 'a web search without its results'

/** What tells a block of thinking from any other: the member that only the model can write, or an unsigned text. */
const proofOf = (block: ContentBlock): string | undefined => {
  if (block.type === 'thinking') return block.signature || block.thinking
  return block.type === 'redacted_thinking' ? block.data : undefined
}

/**
 * Joins items to messages (OE-R16). A turn of the model has all blocks of its thinking or none: its items have them,
 * or the thinking memory by the id of its first call (OE-C63, OE-C64).
 */
export class Turns {
  readonly messages: PlacedMessage[] = []
  readonly #context: TurnsContext
  #assistant: AssistantTurn | undefined
  /** Of all thinking before the current turn. */
  readonly #proofs = new Set<string | undefined>()

  constructor(context: TurnsContext) {
    this.#context = context
  }

  addAssistant(path: Path, ...blocks: readonly ContentBlock[]): void {
    this.#openAssistant(path).content.push(...blocks)
  }

  /** A search, whose query and results come with a later item: the calls of one answer keep their order. */
  beginSearch(path: Path, status: string | null | undefined): void {
    const { content, searches } = this.#openAssistant(path)
    if (status === 'incomplete') this.#context.notes.changed(path, searchWithoutResults)
    else searches.push({ path, position: content.length })
  }

  addSearch(path: Path, { use, result }: CarriedSearch): void {
    const { content, searches } = this.#openAssistant(path)
    content.splice(searches.shift()?.position ?? content.length, 0, use)
    for (const search of searches) search.position += 1
    content.push(result)
  }

  loseThinking(path: Path): void {
    this.#openAssistant(path).hasLostThinking = true
  }

  add(role: 'user' | 'system', path: Path, ...content: readonly ContentBlock[]): void {
    this.end()
    this.messages.push({ role, content, path })
  }

  /** Ends the turn of the model. Must be called after the last item. */
  end(): void {
    const turn = this.#assistant
    this.#assistant = undefined
    if (turn === undefined) return
    for (const { path } of turn.searches) this.#context.notes.changed(path, searchWithoutResults)
    const content = this.#withThinking(turn)
    for (const block of content) this.#proofs.add(proofOf(block))
    this.messages.push({ role: 'assistant', content, path: turn.path })
  }

  #openAssistant(path: Path): AssistantTurn {
    this.#assistant ??= { content: [], path, hasLostThinking: false, searches: [] }
    return this.#assistant
  }

  #withThinking({ content, hasLostThinking }: AssistantTurn): ContentBlock[] {
    if (content.some(isThinkingBlock) && !hasLostThinking) return content
    const rest = content.filter((block) => !isThinkingBlock(block))
    return [...this.#recalled(rest), ...rest]
  }

  /** A client may put results between the calls of one answer: its thinking belongs to the first of them alone. */
  #recalled(content: readonly ContentBlock[]): readonly ThinkingContent[] {
    const call = content.find((block) => block.type === 'tool_use')
    const recalled = call === undefined ? [] : (this.#context.recall(call.id) ?? [])
    return recalled.some((block) => this.#proofs.has(proofOf(block))) ? [] : recalled
  }
}
