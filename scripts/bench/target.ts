import { join } from 'node:path'
import { type UpstreamKind, upstreamArguments } from '../support/upstream-arguments.ts'
import type { Job } from './job.ts'
import type { Launch } from './processes.ts'
import type { UpstreamWire } from './workload.ts'

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
  /** The id of the target that its cost is compared with; default: `pass`. */
  readonly mark?: string
  /** It must reach the goal of each row, or, in rows of CPU time, this multiple of its mark's cost. */
  readonly goal?: 'row' | number
  /** With `--guard`: its cost must not exceed this multiple of another target's; without `limit`, the workload's. */
  readonly guard?: { readonly mark: string; readonly limit?: number }
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

export interface Settings {
  readonly flags?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** Sends traces and metrics to the upstream's process, which answers every request. */
  readonly hasCollector?: boolean
  readonly isFree?: boolean
}

/** The program with its default settings, and those that are given. Its log is discarded. */
export const productLaunch =
  (program: string, kind: UpstreamKind, settings: Settings = {}) =>
  (port: number, upstream: string): Launch => {
    const { flags, environment } = upstreamArguments(kind, { url: upstream, apiKey: 'bench' })
    const collector = settings.hasCollector ? { OTEL_EXPORTER_OTLP_ENDPOINT: upstream } : {}
    return {
      command: [program, 'start', '--port', String(port), ...flags, ...(settings.flags ?? [])],
      environment: { ...environment, ...collector, ...settings.environment },
      healthPath: '/health',
      ...(settings.isFree === true && { isFree: true }),
    }
  }

/** The program with its default settings and those that are given. */
export const product = (program: string, settings?: Settings): Target => ({
  id: 'product',
  title: 'product',
  wire: 'anthropic',
  launch: productLaunch(program, 'nexus', settings),
  mark: 'product',
})

/** The program of an earlier commit; no target without one. */
export const earlier = (program: string | undefined): readonly Target[] =>
  program === undefined ? [] : [{ ...product(program), id: 'before', title: 'before' }]

/** The program with these variables; no target without any. */
export const variant = (program: string, environment: Readonly<Record<string, string>>): readonly Target[] =>
  Object.keys(environment).length === 0
    ? []
    : [{ ...product(program, { environment }), id: 'variant', title: 'variant' }]
