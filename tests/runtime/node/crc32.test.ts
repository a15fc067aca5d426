import { expect, test } from 'bun:test'
import { crc32 } from '../../../src/runtime/crc32.ts'
import { crc32 as nodeCrc32 } from '../../../src/runtime/node/crc32.ts'

test("the checksum of other runtimes is the same as Bun's (OP-X2)", () => {
  for (const text of ['', 'a', '123456789', 'Zürich 🏔'.repeat(1000)]) {
    const bytes = new TextEncoder().encode(text)
    expect(nodeCrc32(bytes)).toBe(crc32(bytes))
  }
  expect(nodeCrc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
})
