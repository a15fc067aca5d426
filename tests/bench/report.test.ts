import { describe, expect, test } from 'bun:test'
import { guardFaults, type Report, toTables } from '../../scripts/bench/report.ts'

const samples = (value: number) => [{ value, requests: 1 }]

/** The pass-through costs 2, the native lane 6, and the lane with classification 12. */
const reportWith = (guard: number): Report => ({
  version: '1.0.0',
  machine: 'any',
  isPinned: true,
  rounds: 1,
  weights: {},
  tables: [
    {
      targets: [
        { id: 'direct' },
        { id: 'pass' },
        { id: 'anthropic', goal: 'row', guard: { mark: 'pass' } },
        { id: 'classified', guard: { mark: 'pass', limit: 5 } },
        { id: 'other', mark: 'anthropic', goal: 1.6 },
      ],
      rows: [
        {
          workload: { id: 'small', title: '0.7 KB JSON', measure: 'request', goal: { times: 2.5 }, guard },
          samples: { pass: samples(2), anthropic: samples(6), classified: samples(12), other: samples(9) },
        },
      ],
    },
  ],
})

describe('the report of the benchmark', () => {
  test('a target above the limit of its row, or above its own, is a fault', () => {
    expect(guardFaults(reportWith(3))).toEqual(['0.7 KB JSON: classified costs 6.00 times pass, the limit is 5'])
    expect(guardFaults(reportWith(2))).toEqual([
      '0.7 KB JSON: anthropic costs 3.00 times pass, the limit is 2',
      '0.7 KB JSON: classified costs 6.00 times pass, the limit is 5',
    ])
  })

  test('each cost is compared with the pass-through, or with the target that it names', () => {
    expect(toTables(reportWith(3)).split('\n')).toEqual([
      '| work | measured in | pass | anthropic | classified | other | goal |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      '| 0.7 KB JSON | CPU ms a request | 2.00 ±0 % | 6.00 ±0 %, 3.00x, not met | 12.0 ±0 %, 6.00x | 9.00 ±0 %, 1.50x anthropic, met | 2.5x pass |',
    ])
  })

  const added = (guard: number): Report => ({
    ...reportWith(1),
    tables: [
      {
        targets: [
          { id: 'product', mark: 'product' },
          { id: 'before', mark: 'product' },
          { id: 'everything', mark: 'product', goal: 'row', guard: { mark: 'product' } },
        ],
        rows: [
          {
            workload: { id: 'team', title: '0.7 KB JSON', measure: 'added', goal: { added: 30 }, guard },
            samples: { product: samples(0.1), before: samples(0.098), everything: samples(0.15) },
          },
        ],
      },
    ],
  })

  test('the cost of a team is the microseconds that it adds', () => {
    expect(toTables(added(1.6)).split('\n').at(-1)).toBe(
      '| 0.7 KB JSON | CPU ms a request | 0.100 ±0 % | 0.0980 ±0 %, -2.00 us | 0.150 ±0 %, +50.0 us, not met | 30 us |',
    )
    // The limit is a ratio, which does not depend on the machine.
    expect(guardFaults(added(1.6))).toEqual([])
    expect(guardFaults(added(1.4))).toEqual(['0.7 KB JSON: everything costs 1.50 times product, the limit is 1.4'])
  })

  test('the first event is compared by what a target adds to the time of the upstream', () => {
    const report: Report = {
      ...reportWith(1),
      weights: { product: { startMs: [40, 70, 50], idleMegabytes: 61, streamingMegabytes: 90 } },
      tables: [
        {
          targets: [{ id: 'direct' }, { id: 'pass' }, { id: 'bare' }, { id: 'product', mark: 'bare', goal: 'row' }],
          rows: [
            {
              workload: { id: 'first', title: '149 KB', measure: 'firstEvent', goal: { times: 1.5 } },
              samples: { direct: samples(1), pass: samples(2), bare: samples(3), product: samples(4) },
            },
            {
              workload: { id: 'slow', title: '0.7 KB', measure: 'firstEvent', goal: { added: 2 } },
              samples: { direct: samples(1), pass: samples(2), bare: samples(3), product: samples(4) },
            },
          ],
        },
      ],
    }
    expect(toTables(report).split('\n').slice(2)).toEqual([
      '| 149 KB | ms added | 1.00 ms | 2.00 ms, 2.00x | 3.00 ms, 1.50x bare, met | 1.5x bare |',
      '| 0.7 KB | ms added | 1.00 ms | 2.00 ms, 2.00x | 3.00 ms, 1.50x bare, not met | 2 ms |',
      '| memory at rest | MB |  |  | 61.0, not met | 60 |',
      '| memory with 200 streams | MB |  |  | 90.0, met | 100 |',
      '| start to the first 200 | ms |  |  | 50.0, met | 60 |',
    ])
  })

  test('the longest gap between two events of all rounds must reach the goal', () => {
    const gaps = (...values: number[]) => values.map((value) => ({ value, p99: value / 2, requests: 50 }))
    const report: Report = {
      ...reportWith(1),
      tables: [
        {
          targets: [{ id: 'direct' }, { id: 'product', mark: 'bare', goal: 'row' }, { id: 'before', mark: 'product' }],
          rows: [
            {
              workload: { id: 'gap', title: '50 streams', measure: 'gap', goal: { added: 50 } },
              samples: { direct: gaps(1, 2, 3), product: gaps(10, 60, 20), before: gaps(80, 70, 90) },
            },
          ],
        },
      ],
    }
    expect(toTables(report).split('\n')).toEqual([
      '| work | measured in | direct | product | before | goal |',
      '| --- | --- | --- | --- | --- | --- |',
      '| 50 streams | ms more than the pace, longest gap | 3.00 ms, 99 %: 1.00 ms | 60.0 ms, 99 %: 10.0 ms, not met | 90.0 ms, 99 %: 40.0 ms | 50 ms |',
    ])
  })
})
