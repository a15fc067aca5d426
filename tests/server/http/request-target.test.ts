import { expect, test } from 'bun:test'
import { targetOf } from '../../../src/server/http/request-target.ts'

test.each([
  ['http://localhost:4141/v1/messages', '/v1/messages', ''],
  ['http://localhost/v1/messages?beta=true', '/v1/messages', '?beta=true'],
  ['http://a/v1/x?a=/b?c#d?e', '/v1/x', '?a=/b?c'],
  ['http://a/v1/x#f?g', '/v1/x', ''],
  ['http://a', '/', ''],
  ['http://a/', '/', ''],
  ['/v1/models?a', '/v1/models', '?a'],
])('the target of %s is its path and its query (AU-P9)', (url, path, query) => {
  expect(targetOf(url)).toEqual({ path, query })
})
