import { describe, expect, test } from 'bun:test'
import { isolated } from '../../scripts/matrix/namespace.ts'

const command = ['bun', 'run.ts', '--only', 'two words']

describe('the network namespace of a run (MX-R2)', () => {
  test('is used in CI where the system has one', () => {
    expect(isolated(command, { CI: 'true' }, () => true)).toEqual([
      ...['unshare', '--user', '--map-root-user', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'],
      ...command,
    ])
  })

  test('is not used on a developer machine, or without support of the system', () => {
    expect(isolated(command, {}, () => true)).toBeUndefined()
    expect(isolated(command, { CI: 'true' }, () => false)).toBeUndefined()
  })
})
