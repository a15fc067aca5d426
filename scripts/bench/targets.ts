import { join } from 'node:path'
import { binary } from '../support/binary.ts'
import { type UpstreamKind, upstreamArguments } from '../support/upstream-arguments.ts'
import type { Job } from './load.ts'
import type { Launch } from './processes.ts'
import type { UpstreamWire } from './workloads.ts'

/** A program that the benchmark measures. */
export interface Target {
  readonly id: string
  readonly title: string
  /** The format of its responses. */
  readonly wire: Job['wire']
  /** The protocol of its upstream; default: Converse. */
  readonly upstreamWire?: UpstreamWire
  /** How to start it; undefined for the upstream itself, without a proxy. */
  readonly launch?: (port: number, upstream: string) => Launch
  /** Additional headers that it needs. */
  readonly headers?: (upstream: string) => Readonly<Record<string, string>>
}

/** A target from `targets/`. */
export const ours =
  (file: string) =>
  (port: number, upstream: string): Launch => ({
    command: [process.execPath, join(import.meta.dir, 'targets', file), String(port), upstream],
    healthPath: '/health',
  })

/** The program with its default settings. Its log is discarded. */
const productLaunch =
  (program: string, kind: UpstreamKind) =>
  (port: number, upstream: string): Launch => {
    const { flags, environment } = upstreamArguments(kind, { url: upstream, apiKey: 'bench' })
    return { command: [program, 'start', '--port', String(port), ...flags], environment, healthPath: '/health' }
  }

export const productTargets = (program: string = binary): readonly Target[] => [
  { id: 'product', title: 'product', wire: 'anthropic', launch: productLaunch(program, 'nexus') },
  {
    id: 'openai',
    title: 'product, upstream openai',
    wire: 'anthropic',
    upstreamWire: 'chat',
    launch: productLaunch(program, 'openai'),
  },
]

export const targets: readonly Target[] = [
  { id: 'direct', title: 'direct', wire: 'converse' },
  { id: 'pass', title: 'pass', wire: 'converse', launch: ours('pass.ts') },
  { id: 'bare', title: 'bare', wire: 'anthropic', launch: ours('bare.ts') },
]
