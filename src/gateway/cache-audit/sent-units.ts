import type { PromptUnit } from '../../upstreams/call-audit.ts'
import { GrowingChain } from './chain.ts'

/** The end of a cached prefix: its last unit. */
export interface CacheEnd {
  readonly unit: number
  /** The position that the unit comes from. */
  readonly position: number
  readonly ttl: '5m' | '1h'
}

/** The units of one prompt, one after another. */
export class SentUnits {
  readonly chain = new GrowingChain()
  readonly positions: number[] = []
  readonly sizes: number[] = []
  readonly kinds: number[] = []
  points: CacheEnd[] = []

  clear(): void {
    this.chain.clear()
    this.positions.length = 0
    this.sizes.length = 0
    this.kinds.length = 0
    this.points = []
  }

  /** `hash` continues that of the unit before. */
  add({ cachePoint }: PromptUnit, hash: bigint, size: number, position: number, kind: number): void {
    this.chain.add(hash)
    this.positions.push(position)
    this.sizes.push(size)
    this.kinds.push(kind)
    if (cachePoint === undefined) return
    this.points.push({ unit: this.chain.length - 1, position, ttl: cachePoint.ttl ?? '5m' })
  }
}
