// A panel as a picture: its canvases and its words where they stand, on the panel's background. Copied where the browser
// allows it, else saved as a file.
"use strict";
(function (S) {
  // Words of one text node, each where the browser put it.
  function drawText(ctx, node, origin) {
    const style = getComputedStyle(node.parentElement);
    ctx.font = style.fontStyle + " " + style.fontWeight + " " + style.fontSize + " " + style.fontFamily;
    ctx.fillStyle = style.color;
    ctx.direction = style.direction;
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    const range = document.createRange();
    for (const word of node.textContent.slice(0, 20000).matchAll(/\S+/g)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const box = range.getBoundingClientRect();
      if (box.width > 1) ctx.fillText(word[0], box.left - origin.left, box.top + box.height / 2 - origin.top, box.width);
    }
  }
  S.picture = function (section) {
    const origin = section.getBoundingClientRect(), ratio = Math.min(2, 8000 / Math.max(origin.width, origin.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.ceil(origin.width * ratio);
    canvas.height = Math.ceil(origin.height * ratio);
    const ctx = canvas.getContext("2d");
    ctx.scale(ratio, ratio);
    ctx.fillStyle = S.css("--card");
    ctx.fillRect(0, 0, origin.width, origin.height);
    for (const one of section.querySelectorAll("canvas")) {
      const box = one.getBoundingClientRect();
      if (box.width && one.width) ctx.drawImage(one, box.left - origin.left, box.top - origin.top, box.width, box.height);
    }
    const left = section.querySelectorAll(".tools, button, select, option, .off-screen, details, [hidden]");
    const walker = document.createTreeWalker(section, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (![...left].some((one) => one.contains(node) && !one.matches("button.cell"))) drawText(ctx, node, origin);
    }
    return canvas;
  };
  S.copyPng = function (section, name, status) {
    const say = (text) => { status.textContent = text; setTimeout(() => { status.textContent = ""; }, 4000); };
    S.picture(section).toBlob(function (blob) {
      const save = () => { S.saveBlob(blob, name + ".png"); say("saved"); };
      if (!navigator.clipboard || !globalThis.ClipboardItem) return save();
      navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]).then(() => say("copied"), save);
    }, "image/png");
  };
})(globalThis.seatrial);
