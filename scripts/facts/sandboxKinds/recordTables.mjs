// Records into test/data/sandbox/kinds/tables.jsonl how a real API server prints objects: small ones of every kind, and workloads
// in many states.
//
// usage: node scripts/facts/sandboxKinds/recordTables.mjs URL
// where URL answers the API of a new server without credentials (see generate.mjs).
import fs from 'node:fs';
import path from 'node:path';
import { minimalObjects } from './minimalObjects.mjs';

const server = process.argv[2] ?? 'http://127.0.0.1:8001';
const project = path.resolve(import.meta.dirname, '../../..');
const facts = JSON.parse(fs.readFileSync(path.join(project, 'data/sandbox/kinds.json'), 'utf8'));
const namespace = 'tables';
const ago = (seconds) => `${new Date(Date.now() - seconds * 1000).toISOString().slice(0, 19)}Z`;

const tpl={metadata:{labels:{a:'b'}},spec:{nodeSelector:{x:'y'},containers:[{name:'c',image:'i:1'},{name:'d',image:'j'}]}}; const sel={matchLabels:{a:'b'},matchExpressions:[{key:'t',operator:'In',values:['z','b']},{key:'q',operator:'Exists'},{key:'b',operator:'DoesNotExist'}]};
const selT={...tpl,metadata:{labels:{a:'b',t:'z',q:'1'}}};
const pod=(n, status, spec = {})=>[{apiVersion:'v1',kind:'Pod',metadata:{name:n},spec:{containers:[{name:'c',image:'i'},{name:'d',image:'i'}],...spec}},status];
const run={running:{startedAt:ago(100)}}; const cs=(name, state, o = {})=>({name,image:'i',imageID:'',ready:false,restartCount:0,state,...o});
const states =[
 pod('p-run',{phase:'Running',podIPs:[{ip:'10.0.0.1'}],containerStatuses:[cs('c',run,{ready:true}),cs('d',run,{ready:true,restartCount:3,lastState:{terminated:{exitCode:1,finishedAt:ago(400)}}})]},{nodeName:undefined}),
 pod('p-pull',{phase:'Pending',containerStatuses:[cs('c',{waiting:{reason:'ImagePullBackOff'}}),cs('d',run,{ready:true})]}),
 pod('p-done',{phase:'Succeeded',containerStatuses:[cs('c',{terminated:{exitCode:0,reason:'Completed'}}),cs('d',{terminated:{exitCode:0,reason:'Completed'}})]},{restartPolicy:'Never'}),
 pod('p-fail',{phase:'Failed',reason:'Evicted'},{restartPolicy:'Never'}),
 pod('p-exit',{phase:'Running',containerStatuses:[cs('c',{terminated:{exitCode:3}}),cs('d',{terminated:{exitCode:0,signal:9}})]}),
 pod('p-mixed',{phase:'Running',conditions:[{type:'Ready',status:'True'}],containerStatuses:[cs('c',{terminated:{exitCode:0,reason:'Completed'}}),cs('d',run,{ready:true})]}),
 pod('p-init',{phase:'Pending',initContainerStatuses:[cs('i1',{terminated:{exitCode:0}}),cs('i2',run,{restartCount:2})]},{initContainers:[{name:'i1',image:'x'},{name:'i2',image:'x'},{name:'i3',image:'x'}]}),
 pod('p-initfail',{phase:'Pending',initContainerStatuses:[cs('i1',{terminated:{exitCode:2}})]},{initContainers:[{name:'i1',image:'x'}]}),
 pod('p-initwait',{phase:'Pending',initContainerStatuses:[cs('i1',{waiting:{reason:'CrashLoopBackOff'}},{restartCount:4,lastState:{terminated:{exitCode:1,finishedAt:ago(50)}}})]},{initContainers:[{name:'i1',image:'x'}]}),
 pod('p-side',{phase:'Running',conditions:[{type:'Initialized',status:'True'},{type:'Ready',status:'True'}],initContainerStatuses:[cs('s',run,{ready:true,started:true,restartCount:1})],containerStatuses:[cs('c',run,{ready:true}),cs('d',run,{ready:true})]},{initContainers:[{name:'s',image:'x',restartPolicy:'Always'}]}),
 pod('p-gate',{phase:'Pending',conditions:[{type:'PodScheduled',status:'False',reason:'SchedulingGated'},{type:'a/b',status:'True'}]},{readinessGates:[{conditionType:'a/b'},{conditionType:'c/d'}]}),
 [{apiVersion:'apps/v1',kind:'Deployment',metadata:{name:'d1'},spec:{replicas:3,selector:sel,template:selT}},{replicas:3,readyReplicas:2,updatedReplicas:3,availableReplicas:2}],
 [{apiVersion:'apps/v1',kind:'ReplicaSet',metadata:{name:'d1'},spec:{replicas:3,selector:sel,template:selT}},{replicas:3,readyReplicas:2}],
 [{apiVersion:'apps/v1',kind:'StatefulSet',metadata:{name:'d1'},spec:{replicas:3,selector:sel,template:selT}},{replicas:3,readyReplicas:2}],
 [{apiVersion:'apps/v1',kind:'DaemonSet',metadata:{name:'d1'},spec:{selector:sel,template:selT}},{desiredNumberScheduled:3,currentNumberScheduled:2,numberReady:1,numberMisscheduled:0,updatedNumberScheduled:1,numberAvailable:1}],
 [{apiVersion:'batch/v1',kind:'Job',metadata:{name:'j1'},spec:{parallelism:3,template:{...tpl,spec:{...tpl.spec,restartPolicy:'Never'}}}},{active:1,startTime:ago(200)}],
 [{apiVersion:'batch/v1',kind:'Job',metadata:{name:'j2'},spec:{completions:2,template:{...tpl,spec:{...tpl.spec,restartPolicy:'Never'}}}},{succeeded:2,startTime:ago(500),completionTime:ago(100),conditions:[{type:'SuccessCriteriaMet',status:'True'},{type:'Complete',status:'True'}]}],
 [{apiVersion:'batch/v1',kind:'CronJob',metadata:{name:'j2'},spec:{schedule:'*/5 * * * *',timeZone:'Europe/Berlin',suspend:true,jobTemplate:{spec:{template:{...tpl,spec:{...tpl.spec,restartPolicy:'Never'}}}}}},{lastScheduleTime:ago(7000),active:[{kind:'Job',name:'x'}]}],
 [{apiVersion:'v1',kind:'Service',metadata:{name:'s1'},spec:{type:'LoadBalancer',selector:{b:'1',a:'2'},ports:[{name:'a',port:80},{name:'b',port:443,protocol:'UDP'}]}},{loadBalancer:{ingress:[{ip:'1.2.3.4'},{hostname:'a.b'}]}}],
 [{apiVersion:'v1',kind:'Service',metadata:{name:'s2'},spec:{type:'ExternalName',externalName:'x.y'}}],
 [{apiVersion:'v1',kind:'Service',metadata:{name:'s3'},spec:{externalIPs:['9.9.9.9','8.8.8.8'],clusterIP:'None',ports:[{port:1}]}}],
 [{apiVersion:'v1',kind:'Service',metadata:{name:'s4'},spec:{type:'LoadBalancer',ports:[{port:1}]}}],
 [{apiVersion:'networking.k8s.io/v1',kind:'Ingress',metadata:{name:'i1'},spec:{ingressClassName:'nginx',tls:[{hosts:['a']}],rules:['a.b','c.d','e.f','g.h'].map(host=>({host}))}},{loadBalancer:{ingress:[{ip:'1.2.3.4'},{hostname:'a.b'}]}}],
 [{apiVersion:'networking.k8s.io/v1',kind:'Ingress',metadata:{name:'i2'},spec:{defaultBackend:{service:{name:'x',port:{name:'y'}}}}}],
 [{apiVersion:'networking.k8s.io/v1',kind:'NetworkPolicy',metadata:{name:'n1'},spec:{podSelector:sel}}],
 [{apiVersion:'v1',kind:'Endpoints',metadata:{name:'e1'},subsets:[{addresses:['1','2','3','4'].map(x=>({ip:'10.0.0.'+x})),ports:[{port:80},{name:'x',port:81}].map((p,i)=>({...p,name:'p'+i}))}]}],
 [{apiVersion:'discovery.k8s.io/v1',kind:'EndpointSlice',metadata:{name:'e1'},addressType:'IPv4',endpoints:[{addresses:['1.2.3.4']},{addresses:['1.2.3.5']},{addresses:['1.2.3.6']},{addresses:['1.2.3.7']}],ports:[{name:'a'},{name:'b',port:3}]}],
 [{apiVersion:'autoscaling/v2',kind:'HorizontalPodAutoscaler',metadata:{name:'h1'},spec:{minReplicas:2,maxReplicas:5,scaleTargetRef:{kind:'Deployment',name:'d',apiVersion:'apps/v1'},metrics:[{type:'Resource',resource:{name:'cpu',target:{type:'Utilization',averageUtilization:50}}},{type:'Resource',resource:{name:'memory',target:{type:'AverageValue',averageValue:'500Mi'}}},{type:'Pods',pods:{metric:{name:'x'},target:{type:'AverageValue',averageValue:'10'}}}]}},{currentReplicas:3,desiredReplicas:3,currentMetrics:[{type:'Resource',resource:{name:'cpu',current:{averageUtilization:33,averageValue:'10m'}}}]}],
 [{apiVersion:'policy/v1',kind:'PodDisruptionBudget',metadata:{name:'p2'},spec:{maxUnavailable:'20%',selector:sel}},{disruptionsAllowed:2,currentHealthy:1,desiredHealthy:1,expectedPods:1}],
 [{apiVersion:'v1',kind:'PersistentVolumeClaim',metadata:{name:'c2'},spec:{accessModes:['ReadWriteOnce','ReadOnlyMany'],volumeName:'v',storageClassName:'x',resources:{requests:{storage:'1Gi'}}}},{phase:'Bound',accessModes:['ReadWriteOnce'],capacity:{storage:'2Gi'}}],
 [{apiVersion:'v1',kind:'ResourceQuota',metadata:{name:'q'},spec:{hard:{pods:'3'}}},{hard:{pods:'3','requests.cpu':'2','limits.cpu':'4','limits.memory':'1Gi'},used:{pods:'1','limits.cpu':'1'}}],
 [{apiVersion:'v1',kind:'Secret',metadata:{name:'q'},type:'a/b',data:{a:'YQ==',b:'YQ=='}}],[{apiVersion:'v1',kind:'ConfigMap',metadata:{name:'q'},data:{a:'1'},binaryData:{b:'YQ=='}}],
 [{apiVersion:'v1',kind:'Event',metadata:{name:'e2'},involvedObject:{kind:'Pod',name:'x',namespace:'tb',fieldPath:'spec.x'},reason:'R',message:' hi ',type:'Warning',count:4,source:{component:'kubelet',host:'n'},firstTimestamp:ago(4000),lastTimestamp:ago(300)}],
 [{apiVersion:'v1',kind:'Node',metadata:{name:'n1',labels:{'node-role.kubernetes.io/control-plane':'','kubernetes.io/role':'x'}},spec:{unschedulable:true}},{conditions:[{type:'Ready',status:'True'}],addresses:[{type:'InternalIP',address:'1.1.1.1'}],nodeInfo:{kubeletVersion:'v1.34.2',osImage:'os',machineID:'',systemUUID:'',bootID:'',kernelVersion:'',containerRuntimeVersion:'',kubeProxyVersion:'',operatingSystem:'',architecture:''}}],
 [{apiVersion:'rbac.authorization.k8s.io/v1',kind:'RoleBinding',metadata:{name:'rb'},roleRef:{kind:'Role',name:'x',apiGroup:'rbac.authorization.k8s.io'},subjects:[{kind:'User',name:'u'},{kind:'User',name:'v'},{kind:'Group',name:'g'},{kind:'ServiceAccount',name:'s',namespace:'n'}]}],
];

const send = async (method, url, body, type = 'application/json') => {
  const answer = await fetch(server + url, { method, headers: { 'content-type': type }, body: JSON.stringify(body) });
  return answer.json();
};
const urlOf = ({ apiVersion, kind, metadata }) => {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const row = facts.kinds.find((each) => each[0] === group && each[1] === version && each[2] === kind);
  const place = row[5] === 'n' ? `/namespaces/${metadata.namespace ?? namespace}` : '';
  return `${group === '' ? `/api/${version}` : `/apis/${apiVersion}`}${place}/${row[3]}`;
};

await send('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
const all = [...Object.values(minimalObjects).map((object) => [object]), ...states];
for (const [object, status] of all) {
  const url = urlOf(object);
  const made = await send('POST', url, object);
  if (made.kind === 'Status' && made.reason !== 'AlreadyExists') console.log(`${object.kind} ${object.metadata.name}: ${made.message}`);
  if (status) await send('PATCH', `${url}/${object.metadata.name}/status`, { status }, 'application/merge-patch+json');
}
const lines = [];
for (const url of new Set(all.map(([object]) => urlOf(object)))) {
  const answer = await fetch(`${server}${url}?includeObject=Object`, { headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } });
  const now = new Date().toISOString();
  for (const { cells, conditions, object } of (await answer.json()).rows) {
    const { managedFields: _, ...metadata } = object.metadata;
    const isOurs = all.some(([each]) => each.kind === object.kind && each.metadata.name === metadata.name);
    if (isOurs) lines.push(JSON.stringify({ now, object: { ...object, metadata }, cells, ...(conditions && { conditions }) }));
  }
}
fs.writeFileSync(path.join(project, 'test/data/sandbox/kinds/tables.jsonl'), `${lines.join('\n')}\n`);
console.log(`${lines.length} rows`);
