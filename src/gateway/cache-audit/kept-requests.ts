import type { KeptRequest } from './classify.ts'

/** The requests that later ones are compared with, within bounds (CA-S1, CA-S2, CA-S3). */

/** Of one session, agent and model. */
const keptPerLane = 2
const maximumLanes = 200
const maximumBytes = 4 * 1024 * 1024
const maximumAnswers = 512
const idleMs = 65 * 60_000

/** Whose requests are compared; undefined for a client without a session. */
export interface Conversation {
  /** Session, agent and client. */
  readonly session: string | undefined
  readonly modelId: string
}

/** What a request can be compared with, when it begins. */
export interface Candidates {
  readonly earlier: readonly KeptRequest[]
  readonly otherModel: KeptRequest | undefined
  readonly hasParallel: boolean
}

interface Lane {
  readonly session: string
  /** The latest first. */
  requests: readonly KeptRequest[]
  running: number
  usedAt: number
}

/** What is kept now. */
export interface KeptCounts {
  readonly lanes: number
  readonly answers: number
  readonly bytes: number
  /** Sessions that were dropped, because there was no room for them. */
  readonly dropped: number
}

const nothing: Candidates = { earlier: [], otherModel: undefined, hasParallel: false }

const keyOf = (session: string, modelId: string): string => `${session} ${modelId}`

export class KeptRequests {
  /** The least recently used first. */
  readonly #lanes = new Map<string, Lane>()
  /** The key of the session's lane that kept a request last. */
  readonly #latest = new Map<string, string>()
  readonly #answers = new Map<string, KeptRequest>()
  /** How many of both lists have a request. */
  readonly #holders = new Map<KeptRequest, number>()
  #bytes = 0
  #dropped = 0

  get counts(): KeptCounts {
    const [lanes, answers] = [this.#lanes.size, this.#answers.size]
    return { lanes, answers, bytes: this.#bytes, dropped: this.#dropped }
  }

  /** A request begins: returns what it can be compared with. */
  begin({ session, modelId }: Conversation, now: number): Candidates {
    this.#expire(now)
    if (session === undefined) return nothing
    const last = this.#latest.get(session)
    const other = last === undefined || last === keyOf(session, modelId) ? undefined : this.#lanes.get(last)
    const lane = this.#touch(session, modelId, now)
    const hasParallel = lane.running > 0
    lane.running += 1
    this.#makeRoom()
    return { earlier: lane.requests, otherModel: other?.requests[0], hasParallel }
  }

  /** It has ended, with or without an answer. */
  end({ session, modelId }: Conversation): void {
    const lane = session === undefined ? undefined : this.#lanes.get(keyOf(session, modelId))
    if (lane !== undefined && lane.running > 0) lane.running -= 1
  }

  /** Its answer is complete. */
  keep({ session, modelId }: Conversation, request: KeptRequest, answerId: string): void {
    const same = this.#answers.get(answerId)
    if (same !== undefined) this.#dropAnswer(answerId, same)
    this.#hold(request)
    this.#answers.set(answerId, request)
    // A request that asks for no cache, such as one for a title, says nothing about the next one.
    if (session !== undefined && request.fingerprint.points.length > 0) {
      const lane = this.#touch(session, modelId, request.endedAt)
      this.#latest.set(session, keyOf(session, modelId))
      this.#hold(request)
      for (const old of lane.requests.slice(keptPerLane - 1)) this.#release(old)
      lane.requests = [request, ...lane.requests.slice(0, keptPerLane - 1)]
    }
    this.#makeRoom()
  }

  /** The request with this answer. */
  find(answerId: string): KeptRequest | undefined {
    return this.#answers.get(answerId)
  }

  #touch(session: string, modelId: string, now: number): Lane {
    const key = keyOf(session, modelId)
    const lane = this.#lanes.get(key) ?? { session, requests: [], running: 0, usedAt: now }
    lane.usedAt = now
    this.#lanes.delete(key)
    this.#lanes.set(key, lane)
    return lane
  }

  #hold(request: KeptRequest): void {
    const count = this.#holders.get(request) ?? 0
    if (count === 0) this.#bytes += request.fingerprint.bytes
    this.#holders.set(request, count + 1)
  }

  #release(request: KeptRequest): void {
    const count = (this.#holders.get(request) ?? 0) - 1
    if (count > 0) this.#holders.set(request, count)
    else if (this.#holders.delete(request)) this.#bytes -= request.fingerprint.bytes
  }

  #dropLane(key: string, { session, requests }: Lane): void {
    this.#lanes.delete(key)
    if (this.#latest.get(session) === key) this.#latest.delete(session)
    for (const request of requests) this.#release(request)
  }

  #dropAnswer(id: string, request: KeptRequest): void {
    this.#answers.delete(id)
    this.#release(request)
  }

  /** Drops what is too old. */
  #expire(now: number): void {
    for (const [key, lane] of this.#lanes) {
      if (now - lane.usedAt <= idleMs) break
      this.#dropLane(key, lane)
    }
    for (const [id, request] of this.#answers) {
      if (now - request.endedAt <= idleMs) break
      this.#dropAnswer(id, request)
    }
  }

  /** Drops the oldest until the others fit: answers first, because few clients ask for them. */
  #makeRoom(): void {
    for (const [id, request] of this.#answers) {
      if (this.#answers.size <= maximumAnswers && this.#bytes <= maximumBytes) break
      this.#dropAnswer(id, request)
    }
    for (const [key, lane] of this.#lanes) {
      if (this.#lanes.size <= maximumLanes && this.#bytes <= maximumBytes) break
      this.#dropLane(key, lane)
      this.#dropped += 1
    }
  }
}
