import { describe, expect, test } from 'bun:test'
import { forwardedTelemetryOf, otelHosts, otelOf, otelWarnings } from '../../src/config/otel.ts'
import { defaultConfig } from '../support/chain.ts'

const on = { ...defaultConfig, otel: { ...defaultConfig.otel, enabled: true } }

const read = (environment: Record<string, string> = {}, config = on) => {
  const settings = otelOf(config, environment)
  if (settings === undefined) throw new Error('nothing is sent')
  return settings
}

describe('without variables', () => {
  test('the defaults of OpenTelemetry count (OP-O1)', () => {
    const target = { headers: new Map(), timeoutMs: 10_000, isCompressed: false }
    expect(read()).toEqual({
      names: '0.1',
      resource: { serviceName: 'nexus-claude-api', attributes: new Map() },
      trace: { ratio: 1, isParentBased: true, propagates: false },
      traces: { ...target, url: 'http://localhost:4318/v1/traces' },
      batches: { queueSize: 2048, size: 512, delayMs: 5000, timeoutMs: 30_000 },
      metrics: { ...target, url: 'http://localhost:4318/v1/metrics' },
      metricTimes: { everyMs: 60_000, timeoutMs: 30_000, isDelta: false },
    })
    expect([otelWarnings(on, {}), otelHosts(on, {})]).toEqual([[], 'localhost:4318'])
  })

  test('nothing is sent without --otel, whatever the variables are (OP-O1)', () => {
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'not a URL', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }
    expect(otelOf(defaultConfig, environment)).toBeUndefined()
    expect([otelWarnings(defaultConfig, environment), otelHosts(defaultConfig, environment)]).toEqual([[], undefined])
  })
})

describe('the standard variables', () => {
  test('name the collector, and the path of a signal is added to the common address only (OP-O1)', () => {
    const { traces, metrics } = read({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otlp.example/tenant/?key=1',
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'https://metrics.example/receive',
    })
    expect([traces?.url, metrics?.url]).toEqual([
      'https://otlp.example/tenant/v1/traces?key=1',
      'https://metrics.example/receive',
    ])
    expect(otelHosts(on, { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://u.example/secret' })).toBe('u.example')
  })

  test('set headers, those of a signal over the common ones, and their values are secrets (OP-O6)', () => {
    const { traces, metrics } = read({
      OTEL_EXPORTER_OTLP_HEADERS: 'X-Key=common%20key, x-other=1,',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-key=own',
    })
    const shown = (headers = new Map()) => [...headers].map(([name, value]) => [name, value.reveal()])
    expect(shown(traces?.headers as never)).toEqual([
      ['x-key', 'own'],
      ['x-other', '1'],
    ])
    expect(shown(metrics?.headers as never)).toEqual([
      ['x-key', 'common key'],
      ['x-other', '1'],
    ])
    expect(JSON.stringify([...traces!.headers])).not.toContain('own')
  })

  test('set times, sizes and the form of figures (OP-O1, OP-O3)', () => {
    const { traces, metrics, batches, metricTimes } = read({
      OTEL_EXPORTER_OTLP_TIMEOUT: '7000',
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '3000',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_BSP_MAX_QUEUE_SIZE: '100',
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_BSP_EXPORT_TIMEOUT: '60',
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'Delta',
    })
    expect([traces, metrics]).toMatchObject([
      { timeoutMs: 3000, isCompressed: true },
      { timeoutMs: 7000, isCompressed: true },
    ])
    expect(batches).toEqual({ queueSize: 100, size: 100, delayMs: 50, timeoutMs: 60 })
    expect(metricTimes).toEqual({ everyMs: 1000, timeoutMs: 1000, isDelta: true })
  })

  test('name the service and what else a back end needs (OP-O1)', () => {
    const attributes = 'service.name=a,deployment.environment.name=a%2Cb'
    expect(read({ OTEL_RESOURCE_ATTRIBUTES: attributes }).resource).toEqual({
      serviceName: 'a',
      attributes: new Map([
        ['service.name', 'a'],
        ['deployment.environment.name', 'a,b'],
      ]),
    })
    expect(read({ OTEL_RESOURCE_ATTRIBUTES: attributes, OTEL_SERVICE_NAME: 'b' }).resource.serviceName).toBe('b')
  })

  test.each([
    ['always_on', undefined, 1, false],
    ['always_off', undefined, 0, false],
    ['traceidratio', '0.25', 0.25, false],
    ['parentbased_always_on', undefined, 1, true],
    ['parentbased_always_off', undefined, 0, true],
    ['parentbased_traceidratio', '0', 0, true],
    ['parentbased_traceidratio', undefined, 1, true],
  ])('choose the sampler %s with %p (OP-O1)', (sampler, argument, ratio, isParentBased) => {
    const environment = {
      OTEL_TRACES_SAMPLER: sampler,
      ...(argument !== undefined && { OTEL_TRACES_SAMPLER_ARG: argument }),
    }
    expect(read(environment).trace).toEqual({ ratio, isParentBased, propagates: false })
  })

  test('can leave a signal out, or all (OP-O1)', () => {
    const { traces, metrics } = read({ OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'otlp' })
    expect([traces, metrics?.url]).toEqual([undefined, 'http://localhost:4318/v1/metrics'])
    expect(otelOf(on, { OTEL_SDK_DISABLED: 'true' })).toBeUndefined()
    expect(otelWarnings(on, { OTEL_SDK_DISABLED: 'true' })).toEqual([
      'OTEL_SDK_DISABLED is true: --otel sends nothing.',
    ])
  })

  test('that are empty count as absent (OP-O1)', () => {
    const names = [
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'OTEL_EXPORTER_OTLP_PROTOCOL',
      'OTEL_TRACES_SAMPLER',
      'OTEL_BSP_MAX_QUEUE_SIZE',
    ]
    expect(read(Object.fromEntries(names.map((name) => [name, ' '])))).toEqual(read())
  })
})

describe('a variable that is not valid stops the start and is named', () => {
  test.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' }, /^OTEL_EXPORTER_OTLP_ENDPOINT must be a URL/],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'nothing' }, /^OTEL_EXPORTER_OTLP_TRACES_ENDPOINT must be a URL/],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://me:CANARY@a.example' }, /^OTEL_EXPORTER_OTLP_ENDPOINT has a user name/],
    [
      { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      /^OTEL_EXPORTER_OTLP_PROTOCOL is grpc, which is not supported\. Set it to http\/json/,
    ],
    [{ OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'udp' }, /^OTEL_EXPORTER_OTLP_METRICS_PROTOCOL is udp/],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'a=1,CANARY' }, /^OTEL_EXPORTER_OTLP_HEADERS is not valid: entry 2/],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'a=%zz' }, /^OTEL_EXPORTER_OTLP_HEADERS is not valid: entry 1/],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'a=b%0aCANARY' }, /^OTEL_EXPORTER_OTLP_HEADERS is not valid/],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'a b=CANARY' }, /^OTEL_EXPORTER_OTLP_HEADERS is not valid/],
    ...['host', 'Content-Length', 'transfer-encoding', 'connection', 'content-type', 'content-encoding'].map(
      (name) =>
        [
          { OTEL_EXPORTER_OTLP_TRACES_HEADERS: `a=1,${name}=CANARY` },
          `OTEL_EXPORTER_OTLP_TRACES_HEADERS sets the header ${name.toLowerCase()}, which the server sets itself.`,
        ] as const,
    ),
    [{ OTEL_EXPORTER_OTLP_TIMEOUT: '0' }, /^OTEL_EXPORTER_OTLP_TIMEOUT must be a whole number/],
    ...[
      'OTEL_EXPORTER_OTLP_TIMEOUT',
      'OTEL_BSP_SCHEDULE_DELAY',
      'OTEL_BSP_EXPORT_TIMEOUT',
      'OTEL_METRIC_EXPORT_INTERVAL',
      'OTEL_METRIC_EXPORT_TIMEOUT',
    ].map((name) => [{ [name]: '2147483648' }, /must be a whole number from 1 to 2147483647, not 2147483648/] as const),
    [{ OTEL_EXPORTER_OTLP_COMPRESSION: 'zstd' }, /^OTEL_EXPORTER_OTLP_COMPRESSION is zstd\. Supported: none, gzip\.$/],
    [{ OTEL_BSP_MAX_QUEUE_SIZE: 'many' }, /^OTEL_BSP_MAX_QUEUE_SIZE must be/],
    [{ OTEL_TRACES_SAMPLER: 'jaeger_remote' }, /^OTEL_TRACES_SAMPLER is jaeger_remote\. Supported: always_on/],
    [
      { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' },
      /^OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1/,
    ],
    [{ OTEL_TRACES_EXPORTER: 'console' }, /^OTEL_TRACES_EXPORTER is console\. Supported: otlp, none\.$/],
    [{ OTEL_RESOURCE_ATTRIBUTES: 'CANARY' }, /^OTEL_RESOURCE_ATTRIBUTES is not valid/],
  ])('%j (OP-O1, OP-O6)', (environment, message) => {
    expect(() => otelOf(on, environment)).toThrow(message)
    expect(() => otelOf(on, environment)).not.toThrow(/CANARY/)
  })
})

describe('on its way', () => {
  const environment = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=CANARY',
  }

  test('a header needs HTTPS, or the permission to do without (OP-O6)', () => {
    expect(() => otelOf(on, environment)).toThrow(/OTEL_EXPORTER_OTLP_HEADERS would go to collector unencrypted/)
    expect(read(environment, { ...on, allowHttp: true }).traces?.url).toBe('http://collector:4318/v1/traces')
    expect(read({ ...environment, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' }).traces?.headers.size).toBe(1)
  })

  test('a query, which may be a secret, needs the same (OP-O6)', () => {
    const address = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/?key=CANARY' }
    expect(() => otelOf(on, address)).toThrow('so its query would go to collector unencrypted.')
    expect(read(address, { ...on, allowHttp: true }).traces?.url).toBe('http://collector:4318/v1/traces?key=CANARY')
  })

  test('figures alone need none (OP-O6)', () => {
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: environment.OTEL_EXPORTER_OTLP_ENDPOINT }).traces?.headers.size).toBe(0)
  })
})

test('a variable that has another effect than elsewhere is named once in a warning (OP-O1)', () => {
  expect(
    otelWarnings(on, {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_CERTIFICATE: '/ca.pem',
      OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY: '/key.pem',
    }),
  ).toEqual([
    'OTEL_EXPORTER_OTLP_PROTOCOL is http/protobuf, which is not supported: JSON is sent, which collectors read at the same address.',
    'OTEL_EXPORTER_OTLP_CERTIFICATE is not used. Name your own certificate authority in NODE_EXTRA_CA_CERTS.',
    'OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY is not used. Name your own certificate authority in NODE_EXTRA_CA_CERTS.',
  ])
})

test('an id of the instance that all workers would share is named in a warning (OP-O3, OP-K7)', () => {
  const environment = { OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=pod-1' }
  expect(otelWarnings(on, environment)).toEqual([])
  expect(otelWarnings({ ...on, workers: 2 }, environment)).toEqual([
    'OTEL_RESOURCE_ATTRIBUTES has service.instance.id, so the figures of all workers get the same name and replace each other. Leave it out: each worker has an id of its own.',
  ])
  expect(otelWarnings({ ...on, workers: 2 }, {})).toEqual([])
})

describe("Claude Code's own telemetry", () => {
  const forward = { ...defaultConfig, signIn: { ...defaultConfig.signIn, telemetry: 'forward' as const } }

  test('goes to the collector of each signal, also if the server sends nothing of its own (SI-O1)', () => {
    const targets = forwardedTelemetryOf(forward, {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4000',
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://127.0.0.1:5000/own',
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'x-key=abc',
      OTEL_TRACES_EXPORTER: 'none',
    })
    expect([...targets].map(([signal, { url, headers }]) => [signal, url, [...headers.keys()]])).toEqual([
      ['metrics', 'http://127.0.0.1:4000/v1/metrics', []],
      ['logs', 'http://127.0.0.1:5000/own', ['x-key']],
    ])
  })

  test('goes nowhere by default, and with the switch of the standard (SI-O1)', () => {
    expect(forwardedTelemetryOf(defaultConfig, {}).size).toBe(0)
    expect(forwardedTelemetryOf(forward, { OTEL_SDK_DISABLED: 'true' }).size).toBe(0)
    expect(() => forwardedTelemetryOf(forward, { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toThrow('not supported')
  })
})
