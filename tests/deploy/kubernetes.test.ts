import { describe, expect, test } from 'bun:test'
import type {
  V1Deployment,
  V1NetworkPolicy,
  V1PodDisruptionBudget,
  V1Secret,
  V1Service,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node'
import { project } from '../../scripts/release/project.ts'
import { type Setting, variablesOf } from '../../src/config/settings/setting.ts'
import { settings } from '../../src/config/settings/settings.ts'
import { judgeManifests, type Manifest, manifestFiles, readDocuments, readManifestText } from '../support/kubernetes.ts'

/** The manifests of deploy/kubernetes. kubernetes-program.test.ts runs the program as they do. */

const read = <Kind>(path: string): Kind => manifestFiles.get(path)?.[0] as Kind
const deployment = read<V1Deployment>('deployment.yaml')
const autoscaler = read<V2HorizontalPodAutoscaler>('horizontal-pod-autoscaler.yaml')
const policy = read<V1NetworkPolicy>('network-policy.yaml')
const redis = manifestFiles.get('redis/redis.yaml') as readonly [V1Deployment, V1Service, V1NetworkPolicy]

const isBuiltIn = ({ apiVersion }: Manifest): boolean => !/kustomize|coreos/.test(apiVersion)
const isPatch = (path: string): boolean => path.endsWith('state.yaml')
const builtIn = [...manifestFiles]
  .filter(([path]) => !isPatch(path))
  .flatMap(([, documents]) => documents as Manifest[])
  .filter(isBuiltIn)

const podOf = (workload: V1Deployment) => workload.spec?.template.spec
const containerOf = (workload: V1Deployment) => podOf(workload)?.containers[0]
const settingOf = (key: string) => (settings as readonly Setting[]).find((setting) => setting.key === key)

describe('the types of the official client', () => {
  test('accept every manifest (OP-K5)', () => {
    expect(builtIn.map(({ kind }) => kind).sort()).toEqual([
      'ConfigMap',
      'Deployment',
      'Deployment',
      'HorizontalPodAutoscaler',
      'Namespace',
      'NetworkPolicy',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'Secret',
      'Service',
      'Service',
    ])
    expect(judgeManifests(builtIn).trim()).toBe('')
  })

  test('accept the lines that a user may add, and the variable of the component redis (OP-K5)', () => {
    const withComments = ['deployment.yaml', 'network-policy.yaml'].map((path) => {
      const text = readManifestText(path).replace(/^( *)# (?=from:|- name|- ports|- namespace| {2})/gm, '$1')
      return readDocuments(text)[0] as Manifest
    })
    expect(JSON.stringify(withComments)).toContain('"name":"HTTPS_PROXY"')
    expect(JSON.stringify(withComments)).toContain('"kubernetes.io/metadata.name":"monitoring"')
    expect(JSON.stringify(withComments)).toContain('{"ports":[{"port":4318}]}')
    const state = read<V1Deployment>('redis/state.yaml')
    const patched = structuredClone(deployment)
    containerOf(patched)?.env?.push(...(containerOf(state)?.env ?? []))
    const patchedNames = [state.kind, state.metadata?.name, containerOf(state)?.name]
    expect(patchedNames).toEqual([deployment.kind, deployment.metadata?.name, containerOf(deployment)?.name])
    expect(judgeManifests([...withComments, patched as unknown as Manifest]).trim()).toBe('')
  })

  test('refuse an unknown field, a missing one and a value of a wrong type (OP-K5)', () => {
    const broken = structuredClone(deployment) as unknown as { spec: Record<string, unknown> } & Manifest
    broken.spec['replicaz'] = 2
    const { selector: _, ...withoutSelector } = deployment.spec ?? {}
    const manifest = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } }
    const faults = judgeManifests([
      broken,
      { ...manifest, spec: withoutSelector } as Manifest,
      { ...manifest, spec: { ...deployment.spec, paused: 'no' } } as Manifest,
    ])
    expect(faults).toContain(`'"replicaz"' does not exist in type 'V1DeploymentSpec'`)
    expect(faults).toContain("Property ''selector'' is missing in type")
    expect(faults).toContain("Type 'string' is not assignable to type 'boolean | undefined'")
  })
})

describe('the server', () => {
  test('runs without rights, as the strictest standard of pods demands (OP-K6)', () => {
    expect(podOf(deployment)?.securityContext?.runAsUser).toBe(65532)
    for (const workload of [deployment, redis[0]]) {
      expect(podOf(workload)).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      })
      expect(containerOf(workload)?.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      })
    }
  })

  test('has the resources and the probes of its kind (OP-K6)', () => {
    expect(containerOf(deployment)).toMatchObject({
      resources: { requests: { cpu: '100m', memory: '96Mi' }, limits: { memory: '512Mi' } },
      startupProbe: { httpGet: { path: '/health', port: 'http' } },
      livenessProbe: { httpGet: { path: '/health', port: 'http' } },
      readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 2 },
    })
    expect(containerOf(deployment)?.resources?.limits).not.toHaveProperty('cpu')
  })

  test('requires a token, and has 630 seconds to end its answers (OP-K6)', () => {
    const flags = ['--require-token', '--drain-delay', '10', '--drain-timeout', '600']
    expect(containerOf(deployment)?.args).toEqual(['start', ...flags])
    expect(podOf(deployment)?.terminationGracePeriodSeconds).toBe(630)
  })

  test('has at least two replicas, which are replaced one after another (OP-K6)', () => {
    expect(deployment.spec?.replicas).toBeUndefined()
    expect(deployment.spec?.strategy?.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 })
    expect(autoscaler.spec).toMatchObject({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: deployment.metadata?.name },
      minReplicas: 2,
      metrics: [{ resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
      behavior: { scaleDown: { stabilizationWindowSeconds: 600 } },
    })
    const [{ patch, target }] = read<{ patches: [{ patch: string; target: unknown }] }>(
      'active-requests/kustomization.yaml',
    ).patches
    expect(target).toEqual({ kind: 'HorizontalPodAutoscaler', name: autoscaler.metadata?.name })
    const [[operation]] = readDocuments(patch) as [[{ op: string; path: string; value: object }]]
    expect(operation).toMatchObject({
      op: 'add',
      path: '/spec/metrics/-',
      value: {
        pods: {
          metric: { name: 'nexus_claude_api_active_requests' },
          target: { type: 'AverageValue', averageValue: '50' },
        },
      },
    })
    const withBoth = structuredClone(autoscaler)
    withBoth.spec?.metrics?.push(operation.value as never)
    expect(judgeManifests([withBoth as unknown as Manifest]).trim()).toBe('')
  })

  test('sends only to name servers, the upstream and Redis (OP-K5)', () => {
    expect(policy.spec).toMatchObject({
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: [{ port: 'http' }] }],
      egress: [
        {
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 53, protocol: 'TCP' },
          ],
        },
        { ports: [{ port: 443 }] },
        { ports: [{ port: 6379 }], to: [{ podSelector: redis[0].spec?.selector }] },
      ],
    })
    expect(redis[2].spec).toMatchObject({
      podSelector: redis[0].spec?.selector,
      ingress: [{ from: [{ podSelector: deployment.spec?.selector }], ports: [{ port: 'redis' }] }],
      egress: [],
    })
  })
})

describe('the manifests', () => {
  test('name the image of the project in its version, and pin the image of Redis (OP-K5)', () => {
    const image = `${project.name}:${project.version}`
    expect(containerOf(deployment)?.image).toBe(image)
    const [replaced] = read<{ images: [{ name: string; newName: string; newTag: string }] }>(
      'kustomization.yaml',
    ).images
    expect(replaced).toEqual({
      name: project.name,
      newName: `registry.example.com/${project.name}`,
      newTag: project.version,
    })
    expect(containerOf(redis[0])?.image).toMatch(/^redis:\d+\.\d+-bookworm$/)
  })

  test('set only variables of settings, and mount the files that these name (OP-K5)', () => {
    const known = [...(settings as readonly Setting[]).flatMap(variablesOf), 'NEXUS_CONFIG']
    const variables = [deployment, read<V1Deployment>('redis/state.yaml')].flatMap(
      (part) => containerOf(part)?.env ?? [],
    )
    expect(variables.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([])
    const keys = Object.keys(read<V1Secret>('secret.example.yaml').stringData ?? {})
    const files = variables.flatMap(({ value = '' }) => (value.startsWith('/') ? [value] : []))
    const mounted = ['/etc/nexus-claude-api/config.json', ...keys.map((key) => `/run/secrets/nexus-claude-api/${key}`)]
    expect(files.filter((file) => !mounted.includes(file))).toEqual([])
    expect(containerOf(deployment)?.volumeMounts?.map(({ mountPath }) => mountPath)).toEqual([
      '/etc/nexus-claude-api',
      '/run/secrets/nexus-claude-api',
    ])
  })

  test('select the pods of their workload, and name its ports (OP-K5)', () => {
    for (const [workload, service] of [[deployment, read<V1Service>('service.yaml')], redis] as const) {
      const labels = workload.spec?.template.metadata?.labels
      expect([workload.spec?.selector.matchLabels, service?.spec?.selector]).toEqual([labels, labels])
      const [port] = containerOf(workload)?.ports ?? []
      expect(service?.spec?.ports).toEqual([
        { name: port?.name, port: port?.containerPort, targetPort: port?.name } as never,
      ])
    }
    expect(containerOf(deployment)?.ports?.[0]?.containerPort).toBe(settingOf('port')?.default as number)
    expect(read<V1PodDisruptionBudget>('pod-disruption-budget.yaml').spec).toEqual({
      maxUnavailable: 1,
      selector: deployment.spec?.selector as never,
    })
    expect(policy.spec?.podSelector).toEqual(deployment.spec?.selector as never)
  })

  test('let the Prometheus Operator scrape the service with the client token (OP-K5)', () => {
    // The fields of https://prometheus-operator.dev/docs/api-reference/api/.
    expect(read<unknown>('service-monitor/service-monitor.yaml')).toEqual({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'ServiceMonitor',
      metadata: { name: project.name, labels: { 'app.kubernetes.io/name': project.name } },
      spec: {
        selector: { matchLabels: read<V1Service>('service.yaml').metadata?.labels },
        endpoints: [
          {
            port: 'http',
            path: '/metrics',
            interval: '15s',
            authorization: { type: 'Bearer', credentials: { name: project.name, key: 'client-token' } },
          },
        ],
      },
    })
  })

  test('are all listed, but the example of the secret (OP-K5)', () => {
    const listed = [...manifestFiles].flatMap(([path, [document]]) => {
      const { resources = [], patches = [] } = document as { resources?: string[]; patches?: { path?: string }[] }
      const named = [...resources, ...patches.flatMap((patch) => patch.path ?? [])]
      return path.endsWith('kustomization.yaml') ? named.map((name) => path.replace('kustomization.yaml', name)) : []
    })
    const others = [...manifestFiles.keys()].filter((path) => !path.endsWith('kustomization.yaml'))
    expect(listed.sort()).toEqual(others.filter((path) => path !== 'secret.example.yaml'))
    const components = [...manifestFiles.keys()].filter((path) => path.endsWith('/kustomization.yaml'))
    const commented = [...readManifestText('kustomization.yaml').matchAll(/^# {3}- (\S+)$/gm)].map(([, name]) => name)
    expect(commented.map((name) => `${name}/kustomization.yaml`).sort()).toEqual(components)
  })
})
