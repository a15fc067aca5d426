import type { Cell, Cells, Feature, MatrixResult } from '../../scripts/matrix/result.ts'

/** Made-up results of the compatibility matrix. */

export const pass: Cell = { status: 'pass' }

export const cells = (strict: Cell, lenient: Cell = pass, poor: Cell = pass): Cells => ({
  nexus_lenient: lenient,
  nexus_strict: strict,
  nexus_poor: poor,
})

export const feature = (id: string, newest: Cells, more: Partial<Feature> = {}): Feature => ({
  id,
  name: `The feature ${id}`,
  providers: newest,
  versions: { '2.1.197': cells(pass), '2.1.265': cells(pass) },
  group: 'published',
  what: 'Starts the client.',
  ...more,
})

export const result = (features: readonly Feature[], more: Partial<MatrixResult> = {}): MatrixResult => ({
  schema_version: '1.0',
  generated_at: '2026-11-28T10:00:00.000Z',
  nexus_claude_api_version: '0.1.0',
  claude_code_version: '2.1.332',
  providers: ['nexus_lenient', 'nexus_strict', 'nexus_poor'],
  features: [...features],
  commit: 'abcdef12',
  platform: 'linux-x64',
  versions: [
    { version: '2.1.197', role: 'oldest', integrity: { 'claude-code': 'sha512-one' } },
    { version: '2.1.265', role: 'middle', integrity: { 'claude-code': 'sha512-two' } },
    { version: '2.1.332', role: 'newest', integrity: { 'claude-code': 'sha512-three' } },
  ],
  models: ['claude-sonnet-4-6'],
  flaky: 0,
  durationMs: 90_000,
  ...more,
})
