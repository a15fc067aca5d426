import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { encodeCommand, parseReply, RedisError, type Reply } from '../../../src/cli/state/resp.ts'

const encodeReply = (reply: Reply): string => {
  if (reply instanceof RedisError) return `-${reply.text}\r\n`
  return typeof reply === 'string'
    ? `$${Buffer.byteLength(reply)}\r\n${reply}\r\n`
    : `*${reply.length}\r\n${reply.map(encodeReply).join('')}`
}

const { tree: anyReply } = fc.letrec<{ tree: Reply }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary' }),
    fc.constantFrom(new RedisError('ERR no'), new RedisError('WRONGPASS invalid')),
    fc.array(tie('tree'), { maxLength: 5 }),
  ),
}))

describe('the replies of Redis', () => {
  test('are read once they are whole, and not before', () => {
    fc.assert(
      fc.property(anyReply, fc.nat(), (reply, cut) => {
        const bytes = Buffer.from(encodeReply(reply))
        expect(parseReply(bytes)).toEqual({ reply, end: bytes.length })
        expect(parseReply(bytes.subarray(0, cut % bytes.length))).toBeUndefined()
      }),
    )
  })

  test.each([
    ['+OK\r\n', 'OK'],
    [':42\r\n', '42'],
    ['_\r\n', ''],
    ['$-1\r\n', ''],
    ['*-1\r\n', []],
    ['%1\r\n+version\r\n$6\r\n7.0.15\r\n', ['version', '7.0.15']],
    ['=7\r\ntxt:abc\r\n', 'txt:abc'],
    ['-NOAUTH Authentication required.\r\n', new RedisError('NOAUTH Authentication required.')],
  ])('%p is read', (bytes, reply) => {
    expect(parseReply(Buffer.from(bytes))?.reply).toEqual(reply)
  })

  test('of another protocol are refused', () => {
    for (const bytes of ['HTTP/1.1 400 Bad Request\r\n', 'SSH-2.0-x\r\n', '\u0015\u0003\u0003'])
      expect(() => parseReply(Buffer.from(bytes))).toThrow(SyntaxError)
  })

  test('a command has the length of each word in bytes', () => {
    expect(encodeCommand(['ECHO', 'é'])).toBe('*2\r\n$4\r\nECHO\r\n$2\r\né\r\n')
  })
})
