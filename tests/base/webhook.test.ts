import { expect, test } from 'bun:test'
import { Secret } from '../../src/base/secret.ts'
import { webhookAddress } from '../../src/base/webhook.ts'

test.each([
  ['https://hooks.slack.com/services/T/B/x', true],
  ['http://127.0.0.1:8080/hook', true],
  ['http://localhost/hook', true],
  ['http://hooks.slack.com/services/T/B/x', false],
  ['http://127.0.0.1.example/hook', false],
  ['file:///etc/passwd', false],
  ['hooks.slack.com/services/T/B/x', false],
  ['', false],
])('the webhook %p is used: %p (AU-S5)', (url, isUsed) => {
  expect(webhookAddress(new Secret(url))?.href).toBe(isUsed ? url : undefined)
})
