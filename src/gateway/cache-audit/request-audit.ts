import type { CallAudit, SentPrompt } from '../../upstreams/call-audit.ts'
import type { Diagnostics } from '../../wire/anthropic/diagnostics.ts'
import { isOurFault } from '../cache-miss.ts'
import type { RequestFacts } from '../request-record.ts'
import { type Case, classify, type Verdict } from './classify.ts'
import { positionOf } from './compare.ts'
import { diagnose, unavailable } from './diagnose.ts'
import type { FingerprintOf, ReadPrompt } from './fingerprint.ts'
import type { Candidates, Conversation, KeptRequests } from './kept-requests.ts'
import type { OurFault } from './our-fault.ts'

export interface AuditedRequest {
  readonly requestId: string
  /** The client's name; absent if the server does not know its clients. */
  readonly client?: string | undefined
  /** The client's id of its session. */
  readonly session: string | undefined
  /** The client's id of the agent within it. */
  readonly agent: string | undefined
  readonly modelId: string
}

/** What the audits of all requests share. */
interface SharedParts {
  readonly kept: KeptRequests
  readonly toFingerprint: FingerprintOf
  readonly logFault: (fault: OurFault) => void
  /** Logs that a prompt could not be read. */
  readonly logUnread: (requestId: string) => void
  readonly date: () => number
  /** Calls `read` once the request is on its way. */
  readonly wait: (audit: RequestAudit) => void
}

export type CacheFacts = Pick<
  RequestFacts,
  'cacheClass' | 'cacheExpectedTokens' | 'cacheMissedTokens' | 'cacheReachUnits'
>

/** One call of the upstream: a request has several while it searches the web. */
interface Call {
  /** Until it is read. */
  prompt: SentPrompt | undefined
  read: ReadPrompt | undefined
  usage: Case['usage']
  readonly startedAt: number
  readonly candidates: Candidates
}

/** Follows one request. */
export class RequestAudit implements CallAudit {
  readonly #request: AuditedRequest
  readonly #conversation: Conversation
  readonly #parts: SharedParts
  #calls: Call[] = []

  constructor(request: AuditedRequest, parts: SharedParts) {
    const { client, session, agent = 'main', modelId } = request
    this.#request = request
    // No client learns from the requests of another, which may have the same id of a session.
    this.#conversation = { session: session && `${session} ${agent} ${client ?? ''}`, modelId }
    this.#parts = parts
  }

  translated(prompt: SentPrompt): void {
    const last = this.#calls.at(-1)
    if (last !== undefined && last.usage === undefined) {
      // The model refused a part: this prompt is sent in its place.
      last.prompt = prompt
    } else {
      const startedAt = this.#parts.date()
      const candidates = this.#parts.kept.begin(this.#conversation, startedAt)
      this.#calls.push({ prompt, read: undefined, usage: undefined, startedAt, candidates })
    }
    // To keep the texts until the end of a long stream would cost memory.
    this.#parts.wait(this)
  }

  answered(
    usage: { readonly cache_creation_input_tokens: number; readonly cache_read_input_tokens: number },
    messageId: string,
  ): void {
    const call = this.#calls.at(-1)
    if (call === undefined || call.usage !== undefined) return
    this.read()
    if (call.read === undefined) return
    const { fingerprint } = call.read
    const { cache_read_input_tokens: read, cache_creation_input_tokens: written } = usage
    call.usage = { read, written }
    const { kept, date } = this.#parts
    const { client, modelId } = this.#request
    const request = { fingerprint, client, modelId, cachedTokens: read + written, endedAt: date() }
    kept.end(this.#conversation)
    kept.keep(this.#conversation, request, messageId)
  }

  diagnose(previousMessageId: string): Diagnostics | null {
    this.read()
    const read = this.#calls[0]?.read
    if (read === undefined) return unavailable
    const { client, modelId } = this.#request
    const before = this.#parts.kept.find(previousMessageId)
    return diagnose(before?.client === client ? before : undefined, read.fingerprint, modelId)
  }

  /** Makes the fingerprint of the last prompt, and forgets its texts. A request never fails because of it. */
  read(): void {
    for (const call of this.#calls) {
      const { prompt } = call
      if (prompt === undefined) continue
      call.prompt = undefined
      try {
        const earlier = call.candidates.earlier.map(({ fingerprint }) => fingerprint)
        call.read = this.#parts.toFingerprint(prompt, earlier)
      } catch {
        // A prompt that is nested too deeply for this machine's stack.
        this.#parts.logUnread(this.#request.requestId)
      }
    }
  }

  /** The facts for the record of the request, after its end. Of several calls, the first counts, or a fault of ours. */
  facts(): CacheFacts {
    this.read()
    const verdicts = this.#calls.map((call) => this.#judge(call))
    if (this.#calls.at(-1)?.usage === undefined && this.#calls.length > 0) this.#parts.kept.end(this.#conversation)
    const verdict = verdicts.find((one) => one !== undefined && isOurFault(one.cacheClass)) ?? verdicts[0]
    if (verdict === undefined) return {}
    return {
      cacheClass: verdict.cacheClass,
      cacheExpectedTokens: verdict.expectedTokens,
      cacheMissedTokens: verdict.missedTokens,
      cacheReachUnits: verdict.reachUnits,
    }
  }

  #judge({ read, usage, startedAt, candidates }: Call): Verdict | undefined {
    if (read === undefined) return undefined
    const { fingerprint, notes } = read
    const verdict = classify({ fingerprint, usage, startedAt, ...candidates })
    if (verdict?.compared !== undefined && isOurFault(verdict.cacheClass)) {
      const { before, unit } = verdict.compared
      this.#parts.logFault({
        requestId: this.#request.requestId,
        session: this.#request.session,
        cacheClass: verdict.cacheClass,
        before,
        after: fingerprint,
        unit,
        notes: notes.get(positionOf(fingerprint, unit)),
      })
    }
    return verdict
  }
}
