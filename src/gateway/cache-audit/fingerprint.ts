import type { Path } from '../../base/path.ts'
import type { ContentHash } from '../../runtime/content-hash.ts'
import type { PromptUnit, SentPrompt } from '../../upstreams/call-audit.ts'
import { type Chain, firstDifference, maximumHashes } from './chain.ts'
import { ClientParts } from './client-parts.ts'
import { HashWriter, writeValue } from './hash-writer.ts'
import { endOf, positionUpTo } from './prompt-positions.ts'
import { type CacheEnd, SentUnits } from './sent-units.ts'
import { SentWriter } from './sent-writer.ts'
import { createToolHashes, type ToolHashes } from './tool-hashes.ts'

/** What is kept of one sent prompt: numbers and hashes, no text (CA-F1, CA-F4). */
export interface Fingerprint {
  /** What was sent, unit by unit. */
  readonly sent: Chain
  /** What the client sent, position by position. */
  readonly client: Chain
  /** For each of the last units: the position that it comes from; -1 for what the client did not send. */
  readonly positions: Int32Array
  /** For each of the last units: characters, about. */
  readonly sizes: Uint32Array
  /** For each of the last units: index of its kind. */
  readonly kinds: Uint8Array
  /** The unit of which the three lists above have the first entry. */
  readonly firstUnit: number
  /** Characters of the units before that, and the last position that they come from. */
  readonly sizeBefore: number
  readonly positionBefore: number
  /** Units of tools, and of tools and system together. */
  readonly sections: readonly [tools: number, system: number]
  readonly points: readonly CacheEnd[]
  /** Positions of the client's last markers. */
  readonly markers: readonly number[]
  /** Positions of those that the translation has dropped for a reason that it notes. */
  readonly droppedMarkers: ReadonlySet<number>
  /** Hashes of the notes of the translation, by position; -1 for notes about the whole conversation. */
  readonly notes: ReadonlyMap<number, bigint>
  /** What the upstream has learned about the model. */
  readonly settings: bigint
  /** `thinking` and `tool_choice`: the cache depends on them, too. */
  readonly options: bigint
  readonly messages: number
  /** The texts up to the end of the user's first message. */
  readonly opening: bigint
  /** Undefined if the model has no cache. */
  readonly cacheMinimum: number | undefined
  /** Memory. */
  readonly bytes: number
}

/** Names of units, for the log. */
export const unitKinds = [
  'other',
  'toolSpec',
  'text',
  'toolUse',
  'toolResult',
  'image',
  'document',
  'reasoningContent',
  'searchResult',
] as const
const toolKind = unitKinds.indexOf('toolSpec')
const kindNumbers: ReadonlyMap<string, number> = new Map(unitKinds.map((name, index) => [name, index] as const))

/** What the translation noted, by position; -1 for the whole conversation. */
type PlacedNotes = ReadonlyMap<number, string>

/** A fingerprint, and what is kept of the prompt until the request's end. */
export interface ReadPrompt {
  readonly fingerprint: Fingerprint
  readonly notes: PlacedNotes
}

const noNotes: PlacedNotes = new Map()
const noHashes: Fingerprint['notes'] = new Map()
const noPositions: Fingerprint['droppedMarkers'] = new Set()
/** Of a fingerprint without its lists. */
const fixedBytes = 1000
const bytesPerUnit = 9
/** Its position and its hash, as entries of a map. */
const bytesPerNote = 100

/** The last of a list that are kept, and those before them. */
const lastOf = (list: readonly number[]): readonly number[] =>
  list.length > maximumHashes ? list.slice(-maximumHashes) : list
const firstOf = (list: readonly number[]): readonly number[] =>
  list.length > maximumHashes ? list.slice(0, -maximumHashes) : none
const none: readonly number[] = []

/** The place of the system prompt; turns have their number. */
const systemPlace = -1
const roles = ['user', 'assistant', 'system']

/** The path of a note. */
const toPath = (dotted: string): Path => dotted.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step))

/** Whether the prompt begins with all that the cache has of the earlier one. */
const isRepeated = (earlier: Fingerprint, sent: Chain): boolean => {
  const count = endOf(earlier) + 1
  return firstDifference(earlier.sent, sent, count) === count
}

/** Upstreams accept four; only the last ones reach the end of a prompt. */
const keptMarkers = 64
/** The paths of notes about a marker, and about its lifetime. */
const markerEnd = '.cache_control'
const lifetimeEnd = `${markerEnd}.ttl`

/** Those of the markers that the translation has dropped for a reason that it notes. */
const findDropped = ({ notes }: SentPrompt, markers: readonly number[], client: ClientParts): ReadonlySet<number> => {
  const paths = notes.flatMap(({ path }) => (path.endsWith(markerEnd) ? [toPath(path)] : []))
  if (paths.length === 0) return noPositions
  // A marker moves to a block before its own where the upstream accepts none.
  const start = (markers[0] ?? 0) - keptMarkers
  return new Set(paths.map((path) => client.position(path)).filter((position) => position >= start))
}

/** The translation's notes by the position that they are about. */
const placeNotes = ({ notes }: SentPrompt, client: ClientParts): PlacedNotes => {
  if (notes.length === 0) return noNotes
  const found = new Map<number, string>()
  for (const { path: dotted, what } of notes) {
    // Markers move with each turn.
    if (dotted.endsWith(markerEnd) || dotted.endsWith(lifetimeEnd)) continue
    const path = toPath(dotted)
    const position = client.position(path)
    // Notes about parameters have no position.
    if (position === -1 && path[0] !== 'messages') continue
    const before = found.get(position)
    found.set(position, before === undefined ? what : `${before}; ${what}`)
  }
  return found
}

/** Makes the fingerprints of all requests, one after another. */
class PromptReader {
  readonly #hash: ContentHash
  readonly #toToolHashes: ReturnType<typeof createToolHashes>
  readonly #client: ClientParts
  readonly #sent: SentUnits
  readonly #sentWriter: SentWriter
  readonly #writer: HashWriter

  constructor(hash: ContentHash) {
    this.#hash = hash
    this.#toToolHashes = createToolHashes(hash)
    this.#client = new ClientParts(hash)
    this.#sent = new SentUnits()
    this.#sentWriter = new SentWriter(hash)
    this.#writer = new HashWriter(hash)
  }

  read(prompt: SentPrompt, earlier: readonly Fingerprint[]): ReadPrompt {
    const client = this.#client
    const { request, units } = prompt
    const toolHashes = this.#toToolHashes(prompt)
    try {
      client.begin(request, units, toolHashes)
      this.#readUnits(units, toolHashes)
      const sent = this.#sent.chain.take()
      // What was sent again was read before: most of the client's conversation needs no second look.
      const known = earlier.find((one) => isRepeated(one, sent))
      client.readMessages(request, known?.client, known && positionUpTo(known, endOf(known)) + 1)
      const notes = placeNotes(prompt, client)
      return { fingerprint: this.#toFingerprint(prompt, sent, notes), notes }
    } finally {
      client.clear()
    }
  }

  #readUnits({ tools, system, turns }: SentPrompt['units'], toolHashes: ToolHashes): void {
    this.#sent.clear()
    let index = 0
    for (const unit of tools) {
      const known = toolHashes.sent[index]
      index += 1
      if (known !== undefined) this.#sent.add(unit, known.hash, known.size, this.#client.position(unit.path), toolKind)
    }
    for (const unit of system) this.#addUnit(unit, systemPlace)
    let turn = 0
    for (const { role, units } of turns) {
      for (const unit of units) this.#addUnit(unit, turn * roles.length + roles.indexOf(role))
      turn += 1
    }
  }

  #addUnit(unit: PromptUnit, place: number): void {
    const position = this.#client.position(unit.path)
    const hash = this.#sentWriter.write(unit.block, this.#sent.chain.last, place, this.#client.shared)
    const { size, kind } = this.#sentWriter
    this.#sent.add(unit, hash, size, position, kindNumbers.get(kind) ?? 0)
  }

  #opening({ messages }: SentPrompt['request']): bigint {
    const writer = this.#writer.start()
    for (const { role, content } of messages) {
      if (typeof content === 'string') writer.text(content)
      else for (const block of content ?? []) if (block.type === 'text') writer.text(block.text)
      if (role === 'user') break
    }
    return writer.finish()
  }

  #hashNotes(notes: PlacedNotes): Fingerprint['notes'] {
    if (notes.size === 0) return noHashes
    return new Map([...notes].map(([position, words]) => [position, this.#hash.text(words)] as const))
  }

  #toFingerprint(prompt: SentPrompt, sent: Chain, notes: PlacedNotes): Fingerprint {
    const { request, units, settings, cacheMinimum } = prompt
    const { positions, sizes, kinds, points } = this.#sent
    const { thinking, tool_choice, messages } = request
    const writer = this.#writer
    const client = this.#client.chain.take()
    const markers = this.#client.markers.slice(-keptMarkers)
    const firstUnit = Math.max(sent.length - maximumHashes, 0)
    return {
      sent,
      client,
      positions: new Int32Array(lastOf(positions)),
      sizes: new Uint32Array(lastOf(sizes)),
      kinds: new Uint8Array(lastOf(kinds)),
      firstUnit,
      sizeBefore: firstOf(sizes).reduce((sum, size) => sum + size, 0),
      positionBefore: firstOf(positions).reduce((last, position) => Math.max(last, position), -1),
      sections: [units.tools.length, units.tools.length + units.system.length],
      points,
      markers,
      droppedMarkers: findDropped(prompt, markers, this.#client),
      notes: this.#hashNotes(notes),
      settings: writer.start().text(settings).finish(),
      options: writeValue(writeValue(writer.start(), thinking), tool_choice).finish(),
      messages: messages.length,
      opening: this.#opening(request),
      cacheMinimum,
      bytes:
        fixedBytes + sent.bytes + client.bytes + (sent.length - firstUnit) * bytesPerUnit + notes.size * bytesPerNote,
    }
  }
}

/** `earlier`: fingerprints of requests that the prompt may repeat. */
export type FingerprintOf = (prompt: SentPrompt, earlier?: readonly Fingerprint[]) => ReadPrompt

/** Returns the function that makes the fingerprint of a prompt. */
export const createFingerprinter = (hash: ContentHash): FingerprintOf => {
  const reader = new PromptReader(hash)
  return (prompt, earlier = []) => reader.read(prompt, earlier)
}
