import type { Path } from '../../base/path.ts'
import { isBlank } from '../../messages/blank.ts'
import { outputFormatOf } from '../../messages/output-format.ts'
import { withoutBillingLine } from '../../messages/system-texts.ts'
import type { ContentHash } from '../../runtime/content-hash.ts'
import type { PromptUnits } from '../../upstreams/call-audit.ts'
import type { DocumentBlock, ImageBlock, ToolResultContent } from '../../wire/anthropic/content.ts'
import type { InputMessage, MessagesRequest } from '../../wire/anthropic/request.ts'
import { type Chain, GrowingChain } from './chain.ts'
import { HashWriter, writeUnmarked, writeValue } from './hash-writer.ts'
import { isLong, SharedHashes } from './shared-hashes.ts'
import type { ToolHashes } from './tool-hashes.ts'

type Block = Exclude<InputMessage['content'], string | undefined>[number]

const roles: readonly InputMessage['role'][] = ['user', 'assistant', 'system']

const hasMarker = (block: object): boolean => 'cache_control' in block && Boolean(block.cache_control)

/** A block counts as marked if a part of it is: the marker moves to its end. */
const isMarked = (block: Block): boolean =>
  hasMarker(block) || (block.type === 'tool_result' && Array.isArray(block.content) && block.content.some(hasMarker))

/**
 * What the client sent, part by part in its own order: tools, system prompt, messages (CA-F2). Ids of requests, metadata,
 * cache markers and the billing line are not in it. One object serves all requests, one after another.
 */
export class ClientParts {
  readonly chain = new GrowingChain()
  readonly shared = new SharedHashes()
  readonly #hash: ContentHash
  readonly #writer: HashWriter
  #markers: number[] = []
  #tools: ToolHashes['positions'] = []
  #systemAt = 0
  #messagesAt: number[] = []
  /** The roles of messages without a block yet, as the digits of a number. */
  #roles = 0

  constructor(hash: ContentHash) {
    this.#hash = hash
    this.#writer = new HashWriter(hash)
  }

  /** Positions with a cache marker of the client. */
  get markers(): readonly number[] {
    return this.#markers
  }

  /** Reads what comes before the messages, and finds the positions of the messages. */
  begin(request: MessagesRequest, { system }: PromptUnits, tools: ToolHashes): void {
    this.#start(tools)
    for (const hash of tools.client) this.chain.add(hash)
    for (const position of tools.markers) this.#markers.push(position)
    this.#readSystem(request.system, system)
    this.#begin()
    this.chain.add(writeValue(this.#writer, outputFormatOf(request)).finish())
    let position = this.chain.length
    for (const { content } of request.messages) {
      this.#messagesAt.push(position)
      position += typeof content === 'string' ? 1 : (content?.length ?? 0)
    }
  }

  /**
   * Reads the messages. `known` has the hashes of the first `count` positions: the client has sent the same there before,
   * as far as it reached the prompt.
   */
  readMessages({ messages, cache_control }: MessagesRequest, known?: Chain, count = 0): void {
    const first = this.#reuse(known, count)
    for (const [index, message] of messages.entries()) {
      if (index < first) this.#readMarkers(message, this.#messagesAt[index] ?? 0)
      else this.#readMessage(message)
    }
    // Empty messages at the end.
    if (this.#roles > 0) this.chain.add(this.#begin().finish())
    if (cache_control) this.#markers.push(this.chain.length - 1)
  }

  /** Copies known hashes; returns the first message to read. */
  #reuse(known: Chain | undefined, count: number): number {
    const start = this.chain.length
    if (known?.hashes === undefined || known.hashes[start - 1] !== this.chain.last) return 0
    const starts = this.#messagesAt
    // The last position may be that of empty messages, which are followed by blocks now.
    let first = starts.findLastIndex((position) => position <= Math.min(count, known.length - 1))
    // The roles of empty messages belong to the next block.
    while (first > 0 && starts[first - 1] === starts[first]) first -= 1
    if (first <= 0) return 0
    this.chain.addAll(known.hashes.subarray(start, starts[first]))
    return first
  }

  #readMarkers({ content }: InputMessage, start: number): void {
    if (typeof content === 'string' || content === undefined) return
    let position = start
    for (const block of content) {
      this.#readMarker(block, position)
      position += 1
    }
  }

  #readMarker(block: Block, position: number): void {
    // A summary replaces the messages before it, and their markers.
    if (block.type === 'compaction' && !isBlank(block.content ?? '')) {
      const start = this.#messagesAt[0] ?? 0
      this.#markers = this.#markers.filter((marked) => marked < start)
    }
    if (isMarked(block)) this.#markers.push(position)
  }

  /** Forgets the texts. */
  clear(): void {
    this.shared.clear()
  }

  /** The position of a part of the request; -1 for what the client did not send. */
  position(path: Path): number {
    const section = path[0]
    const index = path[1]
    if (section === 'messages' && typeof index === 'number') {
      const start = this.#messagesAt[index] ?? -1
      const block = path[3]
      return start === -1 || typeof block !== 'number' ? start : start + block
    }
    if (section === 'system') return this.#systemAt + (typeof index === 'number' ? index : 0)
    return section === 'tools' && typeof index === 'number' ? (this.#tools[index] ?? -1) : -1
  }

  #start({ positions }: ToolHashes): void {
    this.chain.clear()
    this.shared.clear()
    this.#markers = []
    this.#tools = positions
    this.#messagesAt = []
    this.#roles = 0
  }

  /** Begins the next position, with the roles of the messages that begin there. */
  #begin(): HashWriter {
    const roles = this.#roles
    this.#roles = 0
    return this.#writer.start(this.chain.last).number(roles)
  }

  #readSystem(system: MessagesRequest['system'], sent: PromptUnits['system']): void {
    this.#systemAt = this.chain.length
    if (system === undefined || system === null) return
    const isSent = (text: string): boolean => sent.some(({ block }) => 'text' in block && block.text === text)
    for (const { text, cache_control } of typeof system === 'string' ? [{ text: system }] : system) {
      this.#begin()
      if (cache_control) this.#markers.push(this.chain.length)
      this.#text(isSent(text) ? text : withoutBillingLine(text))
      this.chain.add(this.#writer.finish())
    }
  }

  #readMessage({ role, content }: InputMessage): void {
    this.#roles = this.#roles * (roles.length + 1) + roles.indexOf(role) + 1
    if (typeof content === 'string') this.#readBlock({ type: 'text', text: content })
    else for (const block of content ?? []) this.#readBlock(block)
  }

  #readBlock(block: Block): void {
    this.#readMarker(block, this.chain.length)
    this.#begin().name(block.type)
    this.#block(block)
    this.chain.add(this.#writer.finish())
  }

  #block(block: Block): void {
    switch (block.type) {
      case 'text':
        this.#text(block.text)
        return
      case 'tool_use':
        this.#writer.text(block.id).text(block.name)
        this.#value(block.input)
        return
      case 'tool_result':
        this.#writer.scalar(block.is_error)
        this.#parts(block.content)
        return
      case 'image':
        this.#source(block.source)
        return
      case 'document':
        this.#writer.scalar(block.title).scalar(block.context).scalar(block.citations?.enabled)
        this.#source(block.source)
        return
      case 'search_result':
        this.#writer.text(block.source).text(block.title).scalar(block.citations?.enabled)
        this.#parts(block.content)
        return
      default:
        writeUnmarked(this.#writer, block)
    }
  }

  #parts(parts: string | readonly ToolResultContent[] | null | undefined): void {
    if (typeof parts === 'string') this.#part({ type: 'text', text: parts })
    else for (const part of parts ?? []) this.#part(part)
  }

  #part(part: ToolResultContent): void {
    this.#writer.name(part.type)
    if (part.type === 'text') this.#text(part.text)
    else if (part.type === 'image') this.#source(part.source)
    else if (part.type === 'document') {
      this.#writer.scalar(part.title).scalar(part.context).scalar(part.citations?.enabled)
      this.#source(part.source)
    } else writeUnmarked(this.#writer, part)
  }

  #source(source: ImageBlock['source'] | DocumentBlock['source']): void {
    if (source.type !== 'base64') {
      writeValue(this.#writer, source)
      return
    }
    // Two files may have the same length and the same ends.
    this.#text(source.data)
  }

  #text(text: string): void {
    if (isLong(text)) this.#writer.hash(this.shared.hash(text, this.#hash), text.length)
    else this.#writer.text(text)
  }

  /** The input of a tool: the very same texts are sent. */
  #value(value: unknown): void {
    if (typeof value === 'string') this.#text(value)
    else if (typeof value !== 'object' || value === null) this.#writer.scalar(value)
    else if (Array.isArray(value)) {
      this.#writer.openArray()
      for (const item of value) this.#value(item)
      this.#writer.close()
    } else {
      this.#writer.openObject()
      const members = value as Readonly<Record<string, unknown>>
      for (const name in members) {
        this.#writer.name(name)
        this.#value(members[name])
      }
      this.#writer.close()
    }
  }
}
