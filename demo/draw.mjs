// Writes every picture of the demo's shops:  node demo/draw.mjs [name…]
// Each entry of drawings/*.mjs: { name: [backdrop, tint, drawFunction] }.
import { writeFileSync, mkdirSync } from 'node:fs';
import { begin, finish, night, studio, table, T } from './drawings/kit.mjs';

// Smaller things are moved nearer: [scale, lift], about the middle of the picture.
const nearer = {
  'celadon-tea-cup': [1.22, 20], 'soy-candle': [1.16, 30], 'rattan-basket': [1.12, 40], 'mushroom-lamp': [1.06, 0], 'dipped-vase': [1.02, -30], 'walnut-wall-clock': [1.14, -20],
  'cotton-towel': [1.2, 110], 'long-umbrella': [1.05, 0], 'santoku-knife': [1.06, 0], 'acacia-board': [1.06, -20], 'gooseneck-kettle': [1.08, 40], 'bamboo-steamer': [1.1, 10],
  'spring-green-tea': [1.1, 20], 'tea-sample': [1.2, 30], 'aged-white-tea-cake': [1.08, 10], 'osmanthus-honey': [1.18, 40], 'chili-crisp': [1.18, 40], 'daily-nuts': [1.12, 0],
  'hillside-coffee-beans': [1.05, 20], 'walnut-crisp': [1.28, 110], 'new-harvest-rice': [1.08, 0], 'bottled-ink': [1.1, 20], 'washi-tape-set': [1.24, 120], 'stone-seal': [1.06, 20],
  'desk-calendar': [1.16, 40], 'canvas-shoes': [1.06, 50], 'straw-hat': [1.06, 10], 'card-wallet': [1.16, -10], 'acetate-sunglasses': [1.22, 60], 'jade-pendant': [1.06, -20],
  'cloth-speaker': [1.12, 0], 'compact-keyboard': [1.06, 0], 'instant-camera': [1.08, 20], 'quiet-mouse': [1.14, 10], 'lantern-projector': [1.1, 20], 'pebble-earbuds': [1.16, 20],
  'slim-power-bank': [1.06, 10], 'walnut-turntable': [1.06, 110], 'steel-flask': [1.12, 0], 'camp-lantern': [1.06, 0], 'rubber-yoga-mat': [1.04, 70], 'folding-chair': [1.04, 0],
  'badminton-set': [1.02, 0], 'bamboo-slip-writer': [1.06, 10], 'star-sand-points': [1.1, 20], 'solar-terms-kitchen-ebook': [1.06, 20], 'pour-over-course': [1.12, 0], 'noodle-bowl': [1.06, 50], 'sun-dried-noodles': [1.1, -30], 'brass-scissors': [1.06, -20], 'two-person-tent': [1.03, 20],
};
const folders = { wear: './fashion/pictures/', codes: './digital/pictures/' };
const backdrops = { night, studio, table };
const parts = ['home', 'kitchen', 'pantry', 'stationery', 'apparel', 'devices', 'outdoor', 'digital', 'categories', ...Object.keys(folders)];
const only = process.argv.slice(2);
let count = 0;
for (const part of parts) {
  const { default: list } = await import(`./drawings/${part}.mjs`);
  const dir = new URL(folders[part] || './pictures/', import.meta.url);
  mkdirSync(dir, { recursive: true });
  for (const [name, [mode, tint, draw]] of Object.entries(list)) {
    if (only.length && !only.includes(name) && !only.includes(part)) continue;
    begin();
    backdrops[mode](tint);
    const [scale, lift] = nearer[name.replace(/-\d$/, '')] || [1, 0];
    if (scale === 1 && !lift) draw();
    else T(600 - 600 * scale, 640 - 640 * scale - lift, scale, draw);
    writeFileSync(new URL(name + '.svg', dir), finish());
    count++;
  }
}
console.log(`${count} pictures written`);
