// Writes every picture of the demo shop:  node demo/draw.mjs [name…]
// Each entry of drawings/*.mjs: { name: [backdrop, tint, drawFunction] }.
import { writeFileSync, mkdirSync } from 'node:fs';
import { begin, finish, studio, table } from './drawings/kit.mjs';

const dir = new URL('./pictures/', import.meta.url);
mkdirSync(dir, { recursive: true });
const parts = ['home', 'kitchen', 'pantry', 'stationery', 'apparel', 'devices', 'outdoor', 'digital', 'categories'];
const only = process.argv.slice(2);
let count = 0;
for (const part of parts) {
  const { default: list } = await import(`./drawings/${part}.mjs`);
  for (const [name, [mode, tint, draw]] of Object.entries(list)) {
    if (only.length && !only.includes(name) && !only.includes(part)) continue;
    begin();
    (mode === 'table' ? table : studio)(tint);
    draw();
    writeFileSync(new URL(name + '.svg', dir), finish());
    count++;
  }
}
console.log(`${count} pictures written`);
