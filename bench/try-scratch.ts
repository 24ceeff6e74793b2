import { openWorld } from '#bench/chaos/world.ts';
import { runRace } from '#bench/chaos/runner.ts';
import * as agents from '#bench/chaos/races/agents.ts';
import * as clocks from '#bench/chaos/races/clocks.ts';
const t0=Date.now(); const say=(m:string)=>console.log(((Date.now()-t0)/1000).toFixed(1), m);
const times=Number(process.argv[2]??20); const only=process.argv.slice(3);
const world=await openWorld({agents:6,apis:2,workers:2,seed:7}); say('up '+world.dataDir);
let bad=false;
for (const race of [...Object.values(agents),...Object.values(clocks)]) {
  if (typeof race!=='object'||!('name' in race)) continue; if(only.length&&!only.includes(race.name)) continue;
  try {
  const r=await runRace(world,race,{times,say}); bad ||= r.violations.length>0;
  say(`${r.race} ${r.runs} in ${r.seconds.toFixed(1)} s ${JSON.stringify([...r.outcomes])}`);
  const by=new Map<string,typeof r.violations>(); for(const v of r.violations){by.set(v.check,[...(by.get(v.check)??[]),v]);}
  for(const [c,vs] of by) console.log('  VIOLATION',c,vs.length,vs.slice(0,4).map(v=>v.session+': '+v.what.slice(0,1500)));
  } catch(e){ console.error('FAILED',race.name,e); bad=true; }
}
console.log(world.crashes);
await world.close(bad); process.exit(0);
