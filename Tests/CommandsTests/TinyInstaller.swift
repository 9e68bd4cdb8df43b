import Foundation

/// A disc that stands in for an installer's: its boot sector says so on the serial port, writes another boot sector to
/// the first disk, and restarts the machine. What it has installed says so, too.
enum TinyInstaller {
  static let started = "INSTALLER-STARTED"
  static let installed = "SYSTEM-INSTALLED"

  /// El Torito: a boot record leads to a catalog, which leads to four sectors of 512 bytes.
  static func disc() -> [UInt8] {
    let size = 2048
    var image = [UInt8](repeating: 0, count: 21 * size)
    func descriptor(_ number: Int, _ type: UInt8, _ more: [(Int, [UInt8])] = []) {
      for (offset, bytes) in [(0, [type]), (1, Array("CD001".utf8)), (6, [1])] + more {
        image.replaceSubrange(
          number * size + offset..<number * size + offset + bytes.count, with: bytes)
      }
    }
    descriptor(16, 1, [(40, Array("INSTALLER".utf8))])
    descriptor(17, 0, [(7, Array("EL TORITO SPECIFICATION".utf8)), (0x47, [19, 0, 0, 0])])
    descriptor(18, 255)
    var catalog = [UInt8](repeating: 0, count: 64)
    catalog[0] = 1
    catalog[30] = 0x55
    catalog[31] = 0xaa
    // The words of the first entry come to nothing: 1 + 0xaa55 + the checksum.
    let checksum = 0x10000 - (1 + 0xaa55)
    catalog[28] = UInt8(checksum & 255)
    catalog[29] = UInt8(checksum >> 8)
    catalog[32] = 0x88
    catalog[38] = 4
    catalog[40] = 20
    image.replaceSubrange(19 * size..<19 * size + 64, with: catalog)
    // mov ax,0301; mov cx,1; mov dx,0080; lea bx,[bp+01f9]; int 13; mov al,6; mov dx,0cf9; out dx,al
    let writing: [UInt8] = [
      0xb8, 0x01, 0x03, 0xb9, 0x01, 0x00, 0xba, 0x80, 0x00, 0x8d, 0x9e, 0xf9, 0x01, 0xcd, 0x13,
      0xb0, 0x06, 0xba, 0xf9, 0x0c, 0xee,
    ]
    let sectors = sector(saying: started, then: writing) + sector(saying: installed, then: [])
    image.replaceSubrange(20 * size..<20 * size + sectors.count, with: sectors)
    return image
  }

  /// A boot sector for wherever it lies.
  private static func sector(saying text: String, then rest: [UInt8]) -> [UInt8] {
    // push cs; pop ds; push cs; pop es; call +0; pop bp
    let head: [UInt8] = [0x0e, 0x1f, 0x0e, 0x07, 0xe8, 0x00, 0x00, 0x5d]
    // lodsb; test al,al; jz out; mov bl,al; mov dx,03fd; in al,dx; test al,20; jz -5; mov dx,03f8; mov al,bl;
    // out dx,al; jmp back
    let printing: [UInt8] = [
      0xac, 0x84, 0xc0, 0x74, 0x12, 0x88, 0xc3, 0xba, 0xfd, 0x03, 0xec, 0xa8, 0x20, 0x74, 0xfb,
      0xba, 0xf8, 0x03, 0x88, 0xd8, 0xee, 0xeb, 0xe9,
    ]
    let halting: [UInt8] = [0xf4, 0xeb, 0xfd]
    let length = head.count + 3 + printing.count + rest.count + halting.count
    // lea si,[bp+text]; bp is where the call returned to.
    let address: [UInt8] = [0x8d, 0x76, UInt8(length - 7)]
    var sector = head + address + printing + rest + halting + Array("\(text)\r\n".utf8)
    sector += [UInt8](repeating: 0, count: 510 - sector.count)
    return sector + [0x55, 0xaa]
  }
}
