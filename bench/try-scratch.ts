import { openWorld } from '#bench/chaos/world.ts';
import { runRace } from '#bench/chaos/runner.ts';
import { runKills, victims } from '#bench/chaos/kills.ts';
import { runSends } from '#bench/chaos/sends.ts';
import * as agents from '#bench/chaos/races/agents.ts';
import * as clocks from '#bench/chaos/races/clocks.ts';
const t0=Date.now(); const say=(m:string)=>console.log(((Date.now()-t0)/1000).toFixed(1), m);
const times=Number(process.argv[2]??20); const only=process.argv.slice(3);
const world=await openWorld({agents:6,apis:2,workers:2,seed:Number(process.env.SEED ?? 7)}); say('up '+world.dataDir);
let bad=false;
const jobs: [string, ()=>Promise<any>][] = [];
for (const race of [...Object.values(agents),...Object.values(clocks)] as any[]) if (typeof race==='object'&&'name' in race) jobs.push([race.name,()=>runRace(world,race,{times,say})]);
for (const v of victims) jobs.push([v.name,()=>runKills(world,v,{times,say})]);
jobs.push(['sends',()=>runSends(world,{times,kills:Math.ceil(times/100),say})]);
for (const [name,job] of jobs) {
  if(only.length&&!only.includes(name)) continue;
  try {
  const r=await job(); bad ||= r.violations.length>0;
  say(`${r.race} ${r.runs} in ${r.seconds.toFixed(1)} s ${JSON.stringify([...r.outcomes])}`);
  const by=new Map<string,any[]>(); for(const v of r.violations){by.set(v.check,[...(by.get(v.check)??[]),v]);}
  for(const [c,vs] of by) console.log('  VIOLATION',c,vs.length,vs.slice(0,4).map(v=>v.session+': '+v.what.slice(0,1500)));
  } catch(e){ console.error('FAILED',name,e); bad=true; }
}
console.log(world.crashes);
await world.close(bad); process.exit(0);
