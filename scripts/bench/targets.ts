import { join } from 'node:path'
import { binary } from '../support/binary.ts'
import type { Job } from './load.ts'
import type { Launch } from './processes.ts'

/** What is measured, beside each other. */
export interface Target {
  readonly id: string
  readonly title: string
  /** What its answers are written in. */
  readonly wire: Job['wire']
  /** How it is started; undefined for the upstream itself, without anything in between. */
  readonly launch?: (port: number, upstream: string) => Launch
  /** What it wants beside the usual headers. */
  readonly headers?: (upstream: string) => Readonly<Record<string, string>>
}

/** A target of this folder's. */
export const ours =
  (file: string) =>
  (port: number, upstream: string): Launch => ({
    command: [process.execPath, join(import.meta.dir, 'targets', file), String(port), upstream],
    healthPath: '/health',
  })

/** The program with everything on that is on for a person: its log goes where nobody reads. */
const productLaunch =
  (command: readonly string[]) =>
  (port: number, upstream: string): Launch => ({
    command: [...command, 'start', '--port', String(port), '--endpoint-url', upstream],
    environment: { NEXUS_API_KEY: 'bench' },
    healthPath: '/health',
  })

export const productTarget = (program: string = binary): Target => ({
  id: 'product',
  title: 'product',
  wire: 'anthropic',
  launch: productLaunch([program]),
})

export const targets: readonly Target[] = [
  { id: 'direct', title: 'direct', wire: 'converse' },
  { id: 'pass', title: 'pass', wire: 'converse', launch: ours('pass.ts') },
  { id: 'bare', title: 'bare', wire: 'anthropic', launch: ours('bare.ts') },
]
