import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { createFileCache } from '../../../../src/upstreams/anthropic/credentials/file-cache.ts'
import { temporaryFolder } from '../../../support/cli.ts'
import { writeFile } from '../../../support/files.ts'

describe('remembered files', () => {
  test('are at most a thousand, without the least recently used one (AU-K12)', async () => {
    const folder = temporaryFolder()
    const reads: string[] = []
    const { get } = createFileCache({
      toContent: (_, path) => reads.push(path),
      isInvalid: () => false,
      sleep: async () => {},
    })
    const paths = Array.from({ length: 1001 }, (_, index) => writeFile(join(folder, `${index}`), 'x'))
    const [first = '', second = ''] = paths
    for (const path of paths.slice(0, 1000)) await get(path)
    await get(first)
    expect(reads.length).toBe(1000)
    for (const path of paths.slice(1000)) await get(path)
    await get(first)
    expect(reads.length).toBe(1001)
    await get(second)
    expect(reads.slice(1001)).toEqual([second])
  })

  test('are read again for a request that arrives after a change, although a read is running (AU-K12)', async () => {
    const path = writeFile(join(temporaryFolder(), 'file'), 'old')
    let second: Promise<unknown> | undefined
    const { get } = createFileCache<string>({
      toContent(file) {
        const text = 'text' in file ? file.text : file.problem
        if (text === 'old') {
          writeFile(path, 'changed')
          second = get(path)
        }
        return text
      },
      isInvalid: () => false,
      sleep: async () => {},
    })
    expect((await get(path))?.content).toBe('old')
    expect(await second).toMatchObject({ content: 'changed' })
    expect((await get(path))?.content).toBe('changed')
  })
})
