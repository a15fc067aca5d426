import { describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exclusively, LockedError } from '../../../src/base/files/file-lock.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { waitUntil } from '../../support/wait-until.ts'

const newPath = (): string => join(temporaryFolder(), 'a.json')

const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000)

describe('a file lock', () => {
  test('works of one path run one after the other', async () => {
    const path = newPath()
    const events: string[] = []
    const work = (name: string) => async () => {
      events.push(`${name} begins`)
      await Bun.sleep(1)
      events.push(`${name} ends`)
    }
    await Promise.all([exclusively(path, work('a')), exclusively(path, work('b'))])
    expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
  })

  test('is released after a failure, and passes the failure and the result on', async () => {
    const path = newPath()
    await expect(exclusively(path, () => Promise.reject(new Error('disk')))).rejects.toThrow('disk')
    expect(await exclusively(path, () => 'done')).toBe('done')
    expect(readdirSync(join(path, '..'))).toEqual([])
  })

  test('a lock that another process holds ends the wait with an error that names it', async () => {
    const path = newPath()
    writeFileSync(`${path}.lock`, '')
    const error = await exclusively(path, () => 'done', { timeoutMs: 50 }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(LockedError)
    expect(error).toMatchObject({ lock: `${path}.lock` })
    expect(existsSync(`${path}.lock`)).toBe(true)
  })

  test('a lock that a crashed process has left is removed, also with a clock that was set back', async () => {
    for (const minutes of [1, -1]) {
      const path = newPath()
      writeFileSync(`${path}.lock`, '')
      utimesSync(`${path}.lock`, minutesAgo(minutes), minutesAgo(minutes))
      expect(await exclusively(path, () => 'done', { timeoutMs: 1000 })).toBe('done')
      expect(readdirSync(join(path, '..'))).toEqual([])
    }
  })

  test('many waiters behind a stale lock still run one at a time', async () => {
    const path = newPath()
    writeFileSync(`${path}.lock`, '')
    utimesSync(`${path}.lock`, minutesAgo(1), minutesAgo(1))
    let running = 0
    let most = 0
    const work = async (): Promise<void> => {
      running += 1
      most = Math.max(most, running)
      await Bun.sleep(1)
      running -= 1
    }
    await Promise.all(Array.from({ length: 10 }, () => exclusively(path, work)))
    expect(most).toBe(1)
  })

  test('a lock that another process has taken over meanwhile stays', async () => {
    const path = newPath()
    const lock = `${path}.lock`
    await exclusively(path, () => utimesSync(lock, minutesAgo(0), minutesAgo(-1)))
    expect(existsSync(lock)).toBe(true)
  })

  test('a long work touches its lock, so that it does not become stale (AU-O4)', async () => {
    const path = newPath()
    const lock = `${path}.lock`
    const work = async (): Promise<void> => {
      const before = statSync(lock).mtimeMs
      await waitUntil(() => statSync(lock).mtimeMs > before)
    }
    await exclusively(path, work, { touchMs: 5 })
    expect(existsSync(lock)).toBe(false)
  })

  test('a folder that cannot be written rejects at once', async () => {
    const file = newPath()
    writeFileSync(file, '')
    await expect(exclusively(join(file, 'b.json'), () => 'done')).rejects.toMatchObject({ code: 'ENOTDIR' })
    mkdirSync(`${file}.d`)
    expect(await exclusively(`${file}.d`, () => 'done')).toBe('done')
  })
})
